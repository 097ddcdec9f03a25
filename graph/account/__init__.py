"""The caller: who they are, what they hold, where they are signed in, what they allowed; and leaving."""
