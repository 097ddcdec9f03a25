"""Configuration as code: roles, resource servers and clients, as a YAML file has them."""
