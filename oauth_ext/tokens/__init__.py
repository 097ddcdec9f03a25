"""Access tokens: format, judging, introspection, revocation."""
