"""A picture of every page and state: small and large, light and dark."""
