"""Resource servers: what a token may be for."""
