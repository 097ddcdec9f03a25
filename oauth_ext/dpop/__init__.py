"""DPoP (RFC 9449): a token counts only beside a proof, made for each request by the key that it names."""
