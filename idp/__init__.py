"""The Django project, and the people in it."""
