"""Machines that live many lives: legal and illegal steps in any order, and what must be true after each.

`python -m tests.attack.machines` runs them on the database of DATABASE_URL.
"""
