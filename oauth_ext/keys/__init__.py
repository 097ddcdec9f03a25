"""Signing keys: born, published, used to sign and to check (RFC 7515, RFC 7517)."""
