"""What goes over the wire, in bytes: between a client and us, and between us and PostgreSQL."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from psycopg.pq import Trace

WRITES = ("INSERT", "UPDATE", "DELETE")
MESSAGE = re.compile(r"^([FB])\t(\d+)\t(\w+)(?:\t (.*))?$", re.MULTILINE)
# At the end of the names of prepared statements and of savepoints
NUMBER = re.compile(r'(?<="_pg3_)\d+(?=")|(?<="gatehouse_)\d+(?=")|(?<=_x)\d+(?=")')


class Request(NamedTuple):
    """A request as a client writes it."""

    method: str
    path: str
    body: str = ""
    headers: dict[str, str] = {}

    @property
    def size(self) -> int:
        """Bytes of its line, its headers and its body, in HTTP/1.1."""
        headers = {"host": "localhost:8000", **self.headers}
        if self.body:
            headers["content-length"] = str(len(self.body))
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return len("\r\n".join([*lines, "", self.body]))


class Answer(NamedTuple):
    """Body of an answer, and the bytes of all of it in HTTP/1.1, without what granian adds (`date`, `server`)."""

    body: bytes
    size: int


def send(request: Request) -> Answer:
    """Ask this process; the answer must be a 200."""
    type_ = request.headers.get("content-type", "")
    response = Client().generic(request.method, request.path, request.body, type_, headers=request.headers)
    assert isinstance(response, HttpResponse)
    assert response.status_code == 200, response.content
    assert not response.cookies  # to Django they are no headers
    return Answer(response.content, len(b"HTTP/1.1 200 OK\r\n" + response.serialize()))


class Message(NamedTuple):
    """One of PostgreSQL's protocol: whether it is ours, its bytes, its kind, and what libpq writes of its content.

    Numbers in names, which grow as long as a connection lives, don't count.
    """

    ours: bool
    size: int
    kind: str
    content: str


class Conversation(list[Message]):
    """What was said between us and PostgreSQL."""

    def sent(self) -> int:
        return sum(message.size for message in self if message.ours)

    def received(self) -> int:
        return sum(message.size for message in self if not message.ours)

    def waits(self) -> int:
        """How often we waited for it to answer."""
        return sum(message.kind == "ReadyForQuery" for message in self)

    def commands(self) -> list[str]:
        """What was executed, in order: SELECT, BEGIN."""
        tags = (message.content for message in self if message.kind == "CommandComplete")
        return [tag.strip('"').split()[0] for tag in tags]

    def commits(self) -> int:
        """Transactions that wrote: those between BEGIN and COMMIT, and single statements."""
        commits, inside, wrote = 0, False, False
        for command in self.commands():
            if command in WRITES:
                wrote = True
            if command in {"BEGIN", "ROLLBACK"}:
                inside, wrote = command == "BEGIN", False
            if wrote and (command == "COMMIT" or not inside):
                commits, inside, wrote = commits + 1, False, False
        return commits


@contextmanager
def overheard() -> Iterator[Conversation]:
    """Listen, by libpq's PQtrace; the conversation is there when the block has ended."""
    conversation = Conversation()
    connection.ensure_connection()
    libpq = connection.connection.pgconn
    with tempfile.TemporaryFile() as file:
        libpq.trace(file.fileno())
        libpq.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)
        try:
            yield conversation
        finally:
            libpq.untrace()
        file.seek(0)
        for side, length, kind, content in MESSAGE.findall(file.read().decode()):
            # the length that a message tells leaves out the byte before it, its kind
            size = 1 + int(length) - sum(map(len, NUMBER.findall(content)))
            conversation.append(Message(side == "F", size, kind, content))
