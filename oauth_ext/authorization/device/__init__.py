"""Devices without a browser (RFC 8628): one asks, shows a code, and a person allows it elsewhere."""
