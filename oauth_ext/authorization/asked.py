"""What an authorization request asks for, once it is judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Self

from oauth_ext.clients.models import ResponseMode


@dataclass
class Asked:
    """The parameters that the checks vouch for, each filled in by its own check; kept as JSON with the request.

    `redirect_uri` is where the answer goes, named or not; `max_age` is in seconds; `hinted_sub` is whom the client
    takes for signed in (from `id_token_hint`, which is not kept); `acr` is how strongly they must have signed in,
    `language` what the pages shall speak; `shown_scopes` is what the consent page said. What a client leaves out takes
    no room in the row.
    """

    redirect_uri: str
    redirect_uri_named: bool = True
    response_mode: str = ResponseMode.QUERY.value
    state: str | None = None
    code_challenge: str = ""
    dpop_jkt: str = ""
    scopes: list[str] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)
    prompt: list[str] = field(default_factory=list)
    max_age: int | None = None
    nonce: str = ""
    hinted_sub: str | None = None
    login_hint: str = ""
    acr: str = ""
    language: str = ""
    shown_scopes: list[str] | None = None

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> Self:
        """Return what was kept."""
        return cls(**stored)  # type: ignore[arg-type]  # our own JSON, written by to_json

    def to_json(self) -> dict[str, object]:
        """Return what to keep: all that differs from what would be there without it."""
        blank = type(self)(redirect_uri="")
        kept = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in kept.items() if value != getattr(blank, name)}
