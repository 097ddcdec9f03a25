"""What a storm of sign-ins does to whoever wants a token: refresh and client credentials, timed with and without it.

Each of a few connections asks at a steady pace, as many clients together do. The storm is a process that gives way to
all others, as if it were another machine: so many connections, each with another wrong or right password as soon as the
last was answered, and each time from another address, so that no limit stops it.
"""

import base64
import http.client
import json
import re
import secrets
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from os import nice
from statistics import quantiles
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import httpx

from tests.bench.gatehouse import PEOPLE, authorization
from tests.bench.servers import Server
from tests.bench.talking import FORM, REDIRECT_URI, Chain, Connection, Dialogue, Request
from tests.browser import Walker
from tests.stack.gatehouse import ROOT

CONNECTIONS = 32
TIMED = 2
"""Connections of each path."""
PACE = 0.04
SECONDS = 4
ROUNDS = 3
PAGE = "/accounts/login/"
PASSWORDS = ("the one that is right for them all", "a wrong one, and rather long")


class Times(NamedTuple):
    """How long answers took, in milliseconds."""

    p50: float
    p99: float


def report(server: Server, secret: str) -> None:
    """Print p50 and p99 of both paths, quiet and in the storm, in turn."""
    paths: dict[str, list[Dialogue]] = {
        "client credentials": [_machine(secret)] * TIMED,
        "refresh": [*_chains(server.url)],
    }
    taken: dict[tuple[str, bool], list[float]] = {(name, storm): [] for name in paths for storm in (False, True)}
    answered: Counter[str] = Counter()
    for _ in range(ROUNDS):
        for storm in (False, True):
            with _storm(server.url, answered if storm else None):
                for name, times in _ask(server.port, paths):
                    taken[name, storm] += times
    rates = ", ".join(f"{number / ROUNDS / SECONDS:.0f} × {status}" for status, number in sorted(answered.items()))
    print(f"\nWhile {CONNECTIONS} connections try passwords without a pause (answers a second: {rates}):\n")
    for name in paths:
        quiet, stormy = _times(taken[name, False]), _times(taken[name, True])
        change = f"p99 {quiet.p99:.1f} → {stormy.p99:.1f} ms ({stormy.p99 / quiet.p99 - 1:+.0%})"
        print(f"- {name}: p50 {quiet.p50:.1f} → {stormy.p50:.1f} ms, {change}.")


def _times(taken: list[float]) -> Times:
    cuts = quantiles(taken, n=100)
    return Times(cuts[49], cuts[98])


def _machine(secret: str) -> Dialogue:
    basic = base64.b64encode(f"machine:{secret}".encode()).decode()
    body = urlencode({"grant_type": "client_credentials"})
    return Dialogue(Request("POST", "/o/token/", body, {**FORM, "Authorization": f"Basic {basic}"}))


def _chains(url: str) -> list[Chain]:
    chains = []
    with Walker() as browser:
        for _ in range(TIMED):
            verifier = secrets.token_urlsafe(32)
            code = browser.go(authorization(url, verifier), REDIRECT_URI)["code"]
            form = {"grant_type": "authorization_code", "client_id": "app", "redirect_uri": REDIRECT_URI, "code": code}
            answer = browser.post(f"{url}/o/token/", data={**form, "code_verifier": verifier})
            chains.append(Chain(answer.raise_for_status().json()["refresh_token"]))
    return chains


def _ask(port: int, paths: dict[str, list[Dialogue]]) -> list[tuple[str, list[float]]]:
    """Ask over all connections at once for so many seconds; return the name of each path, and its times."""
    until = time.perf_counter() + SECONDS

    def talk(name: str, dialogue: Dialogue) -> tuple[str, list[float]]:
        connection, times, begin = Connection(port, dialogue), [], time.perf_counter()
        connection.ask()
        while begin < until:
            begin = max(begin + PACE, time.perf_counter())
            time.sleep(max(0, begin - time.perf_counter()))
            began = time.perf_counter()
            connection.ask()
            times.append(1e3 * (time.perf_counter() - began))
        connection.http.close()
        return name, times

    talks = [(name, dialogue) for name, dialogues in paths.items() for dialogue in dialogues]
    with ThreadPoolExecutor(len(talks)) as pool:
        return list(pool.map(lambda each: talk(*each), talks))


@contextmanager
def _storm(url: str, answered: Counter[str] | None) -> Iterator[None]:
    """Have it rage, unless nobody counts its answers; what is under way is answered when the block has ended."""
    if answered is None:
        yield
        return
    command = [sys.executable, "-m", "tests.bench.storm", url]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as storm:
        assert storm.stdout and storm.stdin
        storm.stdout.readline()
        try:
            yield
        finally:
            storm.stdin.close()
            answered.update(json.loads(storm.stdout.read()))


def rage(url: str) -> None:
    """Try passwords until nobody listens any more; then say how often which status was answered."""
    nice(19)
    with httpx.Client(base_url=url) as browser:
        page = browser.get(PAGE)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    assert token
    numbers, over, answered = count(secrets.randbelow(1_000_000)), threading.Event(), Counter[str]()

    def talk() -> None:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        while not over.is_set():
            number = next(numbers)
            fields = {"login": f"person{number % PEOPLE}", "password": PASSWORDS[number % len(PASSWORDS)]}
            address = f"198.{18 + number // 62500 % 2}.{number // 250 % 250}.{number % 250 + 1}"
            headers = {**FORM, "Cookie": cookie, "X-Forwarded-For": address}
            connection.request("POST", PAGE, urlencode({**fields, "csrfmiddlewaretoken": token[1]}), headers)
            response = connection.getresponse()
            response.read()
            answered[str(response.status)] += 1

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        talks = [pool.submit(talk) for _ in range(CONNECTIONS)]
        print("ready", flush=True)
        sys.stdin.read()
        kept = dict(answered)
        over.set()
    for talk_ in talks:
        talk_.result()
    print(json.dumps(kept))


if __name__ == "__main__":
    rage(sys.argv[1])
