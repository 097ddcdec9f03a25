"""Whatever charset a request says of itself, it is read as UTF-8, by either kind of server."""

import asyncio
import io

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from idp.asgi import application as by_asgi
from idp.ops.utf8 import ASGIRequest, WSGIRequest
from idp.wsgi import application as by_wsgi

pytestmark = pytest.mark.django_db
CHARSETS = ["*=utf-8''a%00b", "*=none''x", "=none", "=hex", "=idna", "=latin-1"]


def scope(content_type: str, path: str = "/healthz", query: bytes = b"next=%C3%A4") -> dict[str, object]:
    headers = [(b"host", b"localhost"), (b"content-type", content_type.encode())]
    return {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": headers}


def environ(content_type: str) -> dict[str, object]:
    return RequestFactory().get("/healthz?next=%C3%A4").environ | {
        "CONTENT_TYPE": content_type,
        "HTTP_HOST": "localhost",
    }


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_query_is_read_as_utf_8(charset):
    content_type = f"text/plain; charset{charset}"
    requests = [WSGIRequest(environ(content_type)), ASGIRequest(scope(content_type), io.BytesIO())]
    assert [request.GET["next"] for request in requests] == ["ä", "ä"]


@pytest.mark.parametrize("charset", CHARSETS)
def test_an_asgi_server_answers(charset):
    sent: list[dict[str, object]] = []
    bodies: list[dict[str, object]] = [{"type": "http.request", "body": b""}]

    async def receive() -> dict[str, object]:
        if not bodies:
            await asyncio.Event().wait()  # the client is there until it has its answer
        return bodies.pop()

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    asyncio.run(by_asgi(scope(f"text/plain; charset{charset}"), receive, send))
    assert [message["status"] for message in sent if "status" in message] == [200]


@pytest.mark.parametrize("answer", [by_wsgi, WSGIHandler.__call__.__get__(by_wsgi)], ids=["short way", "long way"])
@pytest.mark.parametrize("charset", CHARSETS)
def test_a_wsgi_server_answers(charset, answer):
    sent = []
    b"".join(answer(environ(f"text/plain; charset{charset}"), lambda *head: sent.append(head[0])))
    assert sent == ["200 OK"]
