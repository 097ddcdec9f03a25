"""What a model knows of codes, pushed requests and devices that wait."""

from dataclasses import dataclass

from tests.attack.machines.world import Grant, Party, Person
from tests.factories import Pkce


@dataclass
class Code:
    """A code that somebody allowed; `used` by redeeming it or burnt by a wrong verifier."""

    text: str
    pair: Pkce
    person: Person
    party: Party
    asked: list[str]
    targets: tuple[str, ...]
    session: int
    epochs: tuple[int, int]
    expires_at: float
    used: bool = False
    grant: Grant | None = None

    @property
    def stands(self) -> bool:
        return self.epochs == (self.person.epoch, self.party.epoch) and self.session == self.person.session


@dataclass
class Pushed:
    """A request that waits for its browser."""

    uri: str
    pair: Pkce
    party: Party
    asked: list[str]
    expires_at: float
    used: bool = False


@dataclass
class Device:
    """A device that asks; `answered_by` once somebody said yes or no."""

    device_code: str
    user_code: str
    party: Party
    asked: list[str]
    expires_at: float
    allowed: bool | None = None
    answered_by: Person | None = None
    epochs: tuple[int, int] = (0, 0)
    used: bool = False
    grant: Grant | None = None
