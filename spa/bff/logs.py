"""What a log must not keep: the query of a callback is a code."""

import logging

from typing_extensions import override


class WithoutQuery(logging.Filter):
    """Cuts the query from the paths in uvicorn's access log."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, its path without the query."""
        if isinstance(record.args, tuple) and len(record.args) > 2 and isinstance(record.args[2], str):
            client, method, path, *rest = record.args
            record.args = (client, method, str(path).partition("?")[0], *rest)
        return True


def install() -> None:
    """Put the filter on uvicorn's access log; again changes nothing."""
    logger = logging.getLogger("uvicorn.access")
    if not any(isinstance(kept, WithoutQuery) for kept in logger.filters):
        logger.addFilter(WithoutQuery())
