"""Signing in by another OpenID provider: who they are, what they answer, and whose identity it is here."""
