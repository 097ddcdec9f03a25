"""What the limiter says."""


class Limited(Exception):
    """Too many, too fast. `retry_after` is in whole seconds, for the header of that name (RFC 9110 §10.2.3)."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many attempts; try again in {retry_after} s")
        self.retry_after = retry_after
