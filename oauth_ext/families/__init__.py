"""Refresh: present, turn, end."""
