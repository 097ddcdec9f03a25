"""The comparison: django-oauth-toolkit as it comes, in a project with Django's default middleware."""
