"""What the worker can do: filled by the rooms in `AppConfig.ready`."""

from collections.abc import Callable
from dataclasses import dataclass

Handler = Callable[[dict[str, object]], None]


@dataclass(frozen=True)
class Periodic:
    """Something done again and again; it must bear being done by several workers at once."""

    name: str
    seconds: int
    run: Callable[[], object]


_handlers: dict[str, Handler] = {}
_periodic: dict[str, Periodic] = {}


def register(topic: str, handler: Handler) -> None:
    """Have messages of this topic handled. It may be called twice for one message: a worker can die in between."""
    _handlers[topic] = handler


def every(seconds: int, name: str, run: Callable[[], object]) -> None:
    """Have something done when the worker starts, and then again and again."""
    _periodic[name] = Periodic(name, seconds, run)


def handle(topic: str, payload: dict[str, object]) -> None:
    """Hand a message to whoever registered for its topic. Raises KeyError if nobody did, and what they raise."""
    _handlers[topic](payload)


def periodic() -> tuple[Periodic, ...]:
    """Return what is done again and again."""
    return tuple(_periodic.values())
