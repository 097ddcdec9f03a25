"""The append-only trail: who did what, on whose behalf, from where."""
