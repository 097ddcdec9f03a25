"""What the authorization server does beyond django-oauth-toolkit."""
