"""Configuration as code: roles, resource servers, clients and other identity providers, as a YAML file has them."""
