"""What is good for one use: `jti` of assertions (RFC 7523) and proofs (RFC 9449), known until they end."""
