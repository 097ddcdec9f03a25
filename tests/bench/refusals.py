"""How long refusing takes: as long for whoever is known as for nobody, or a stranger learns who is (T40, T71)."""

import base64
import re
import secrets
import time
from collections.abc import Callable, Iterator
from itertools import count
from statistics import median

import httpx

from tests.bench.gatehouse import PEOPLE
from tests.bench.servers import Server

SAMPLES = 200
ALIKE = 0.2
PASSWORD = "a wrong one, and rather long"
Ask = Callable[[str], httpx.Response]


def report(server: Server, secret: str) -> None:
    """Print the medians of so many refusals of each kind, in turn, and how far apart they are."""
    with httpx.Client(base_url=server.url, timeout=60) as http:
        clients = ("machine" for _ in count()), ("nobody" for _ in count())
        _compare("T40: client authentication", "wrong secret", "unknown client", clients, _client(http))
        _compare("T71: sign-in", "wrong password", "unknown name", _names(), _sign_in(http))
        _compare("T71: reset", "known address", "unknown address", _names(), _reset(http))


def _compare(what: str, known: str, unknown: str, names: tuple[Iterator[str], Iterator[str]], ask: Ask) -> None:
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(SAMPLES):
        for each, kept in zip(names, taken, strict=True):
            name = next(each)
            began = time.perf_counter()
            ask(name)
            kept.append(time.perf_counter() - began)
    first, second = (median(kept) * 1e3 for kept in taken)
    apart = abs(first - second) / max(first, second)
    verdict = "alike" if apart <= ALIKE else "NOT ALIKE"
    print(f"{what}: {known} {first:.2f} ms, {unknown} {second:.2f} ms: {apart:.0%} apart, {verdict} ({ALIKE:.0%}).")


def _names() -> tuple[Iterator[str], Iterator[str]]:
    """Of people, and of nobody; each once, for a few attempts at one name are enough to be told to wait."""
    numbers = range(PEOPLE)
    return (f"person{number}@example.com" for number in numbers), (f"nobody{number}@example.com" for number in numbers)


def _client(http: httpx.Client) -> Ask:
    def ask(client_id: str) -> httpx.Response:
        basic = base64.b64encode(f"{client_id}:{secrets.token_urlsafe(32)}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}"}
        response = http.post("/o/token/", data={"grant_type": "client_credentials"}, headers=headers)
        assert response.json()["error"] == "invalid_client"
        return response

    return ask


def _sign_in(http: httpx.Client) -> Ask:
    form = _form(http, "/accounts/login/")

    def ask(name: str) -> httpx.Response:
        response = form({"login": name, "password": PASSWORD})
        assert response.status_code == 200, response.text
        return response

    return ask


def _reset(http: httpx.Client) -> Ask:
    form = _form(http, "/accounts/password/reset/")

    def ask(email: str) -> httpx.Response:
        response = form({"email": email})
        assert response.status_code == 303, response.text
        return response

    return ask


def _form(http: httpx.Client, path: str) -> Callable[[dict[str, str]], httpx.Response]:
    """Return what fills a page's form in and sends it, each time from another address."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', http.get(path).text)
    assert token
    addresses = count(1)

    def send(fields: dict[str, str]) -> httpx.Response:
        number = next(addresses)
        headers = {"X-Forwarded-For": f"198.18.{number // 250}.{number % 250 + 1}"}
        return http.post(path, data={**fields, "csrfmiddlewaretoken": token[1]}, headers=headers)

    return send
