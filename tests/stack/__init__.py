"""The real services that tests run on: PostgreSQL, Redis or Valkey, Chromium, and Gatehouse's own server processes.

`plugin` starts the databases once for a pytest run, however many workers xdist has; `fixtures` hands them to tests.
"""
