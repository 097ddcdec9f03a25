"""The caller: who they are, what they hold, and leaving."""
