"""One limiter, atomic in Redis, else in the database."""
