"""What a client is told of a person: ID token, userinfo, and names of its own for person and session."""
