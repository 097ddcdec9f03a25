"""By what people prove that it is they, besides a password: authenticator apps, passkeys, recovery codes."""
