"""A fast hasher, as generated secrets deserve."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class OneRound(PBKDF2PasswordHasher):
    """SHA-256 with a salt, once."""

    algorithm = "one_round"
    iterations = 1
