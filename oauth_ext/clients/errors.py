"""What can be wrong with a client's registration."""


class InvalidClientMetadata(Exception):
    """RFC 7591 §3.2.2; `problems` are (field, sentence) pairs, all of them at once."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        """Keep what is wrong, field by field."""
        self.problems = problems
        super().__init__("; ".join(f"{field}: {sentence}" for field, sentence in problems))
