"""Signing out by a client (OIDC RP-Initiated Logout) or by a token, and telling clients (OIDC Back-Channel Logout)."""
