"""Django's backend for PostgreSQL, which doesn't ask at each request whether its connection is good."""
