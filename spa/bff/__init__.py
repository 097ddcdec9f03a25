"""A backend for the browser application: a confidential client that keeps the tokens on its own side.

It serves the built application and speaks with the authorization server over HTTP only, like any client.
"""
