"""Gatehouse's tests: one folder a room, `e2e/` in a browser, `stack/` for the real services they run on."""
