"""oidc-client-ts on a page of its own, in Chromium."""
