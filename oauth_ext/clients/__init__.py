"""The clients: registration, secrets, authentication."""
