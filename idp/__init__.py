"""The Django project, and the people in it."""

__version__ = "0.1.0"
