"""One setting from outside: how it is written, read and refused. `idp.env` declares them."""

import base64
import binascii
import os
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Generic, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
TRUE, FALSE = frozenset({"true", "on", "yes", "1"}), frozenset({"false", "off", "no", "0"})


class SettingError(Exception):
    """A setting that the start is refused for; the text is one line and begins with its name."""


@dataclass(frozen=True)
class Kind(Generic[T]):
    """How a value is written: its type and unit for the reference; `parse` raises ValueError saying why not."""

    type: str
    parse: Callable[[str], T]
    unit: str = ""


@dataclass(frozen=True)
class Setting(Generic[T]):
    """A declaration. `default` is what stands in `.env`, or a function of other settings, told by `default_text`.

    An empty value is no value. `needed` settings have a development value, which a production start refuses.
    """

    name: str
    kind: Kind[T]
    why: str
    default: str | Callable[[], str] = ""
    default_text: str = ""
    needed: bool = False
    refuse: Callable[[T], str] | None = None

    @property
    def written(self) -> str:
        """The value as it is written, from the environment or by default."""
        return os.environ.get(self.name) or (self.default if isinstance(self.default, str) else self.default())

    @property
    def value(self) -> T:
        """The value as it is used. Raises SettingError for a malformed one, never quoting it: it may be a secret."""
        try:
            return self.kind.parse(self.written)
        except ValueError as error:
            raise SettingError(f"{self.name}: {error}") from None

    def check(self, *, production: bool) -> None:
        """Raise SettingError if this value can't be used, or shouldn't be in production."""
        value = self.value
        if not production:
            return
        if self.needed and not os.environ.get(self.name):
            raise SettingError(f"{self.name}: not set, and outside DEBUG there is no default for it")
        if self.needed and self.written == self.default:
            raise SettingError(f"{self.name}: the development value is public and refused outside DEBUG")
        if self.refuse and (reason := self.refuse(value)):
            raise SettingError(f"{self.name}: {reason}")


def is_loopback(host: str | None) -> bool:
    """Whether only this machine answers to the name."""
    return host is not None and host.strip("[]") in LOOPBACK_HOSTS


def parse_boolean(text: str) -> bool:
    """Read true or false in the usual spellings."""
    if text.lower() in TRUE:
        return True
    if text.lower() in FALSE:
        return False
    raise ValueError("neither true nor false")


def parse_origin(text: str) -> str:
    """Read `scheme://host[:port]`, http or https, lower case and without anything behind it."""
    parts = urlsplit(text)
    _port = parts.port  # raises ValueError for what is no port
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("not an http or https URL")
    if text != f"{parts.scheme}://{parts.netloc}".lower() or "@" in parts.netloc or not parts.netloc.isascii():
        raise ValueError("not just scheme://host[:port] in lower case, without a path or a slash at the end")
    return text


def parse_list(text: str) -> list[str]:
    """Read what is separated by commas."""
    return [item.strip() for item in text.split(",") if item.strip()]


def parse_origins(text: str) -> list[str]:
    """Read origins separated by commas."""
    return [parse_origin(item) for item in parse_list(text)]


def parse_networks(text: str) -> list[IPv4Network | IPv6Network]:
    """Read networks in CIDR notation, separated by commas."""
    return [ip_network(item) for item in parse_list(text)]


def parse_keys(text: str) -> list[bytes]:
    """Read keys of 32 bytes in base64, separated by commas."""
    keys = []
    for item in parse_list(text):
        try:
            key = base64.b64decode(item.replace("-", "+").replace("_", "/"), validate=True)
        except binascii.Error:
            raise ValueError("not base64") from None
        if len(key) != 32:
            raise ValueError("each key is the base64 of 32 bytes")
        keys.append(key)
    if not keys or len(set(keys)) != len(keys):
        raise ValueError("at least one key, and none twice")
    return keys


def parse_descriptions(text: str) -> dict[str, str]:
    """Read `name=description` pairs separated by semicolons."""
    pairs = {}
    for item in filter(None, (item.strip() for item in text.split(";"))):
        name, equals, description = (part.strip() for part in item.partition("="))
        if not (name and equals and description):
            raise ValueError("not `name=description` pairs separated by semicolons")
        pairs[name] = description
    return pairs


def integer(minimum: int, maximum: int, unit: str = "") -> Kind[int]:
    """Make the kind of a whole number between two bounds, both included."""

    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not minimum <= int(text[:10]) <= maximum:
            raise ValueError(f"not a whole number from {minimum} to {maximum}")
        return int(text)

    return Kind("integer", parse, unit)


def seconds(minimum: int, maximum: int) -> Kind[int]:
    """Make the kind of a time in seconds between two bounds, both included."""
    return integer(minimum, maximum, "seconds")


def choice(*names: str) -> Kind[str]:
    """Make the kind of one name out of a few."""

    def parse(text: str) -> str:
        if text not in names:
            raise ValueError(f"none of {', '.join(names)}")
        return text

    return Kind(" or ".join(f"`{name}`" for name in names), parse)


TEXT = Kind("text", str)
BOOLEAN = Kind("boolean", parse_boolean)
ORIGIN = Kind("URL", parse_origin)
ORIGINS = Kind("URLs, comma-separated", parse_origins)
NAMES = Kind("names, comma-separated", parse_list)
NETWORKS = Kind("networks, comma-separated", parse_networks, "CIDR")
KEYS = Kind("keys, comma-separated", parse_keys, "base64 of 32 bytes")
DESCRIPTIONS = Kind("name=description, semicolon-separated", parse_descriptions)
