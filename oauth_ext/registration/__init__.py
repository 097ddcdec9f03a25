"""Clients that bring their own metadata: by registering (RFC 7591, RFC 7592), or as a document at their URL."""
