"""What a storm of sign-ins does to whoever wants a token: refresh and client credentials, timed with and without it.

Each of a few connections asks at a steady pace, as many clients together do. The storm is a process that gives way to
all others, as if it were another machine: so many connections, each with another wrong or right password as soon as the
last was answered, and each time from another address, so that no limit stops it. It rages at the server that issues
the tokens, or at another of the same deployment that gives way itself. What any work on the same cores does to them,
even such that gives way, is measured beside it: by processes that do nothing but count.
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
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import partial
from itertools import count
from statistics import quantiles
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import httpx

from tests.bench.gatehouse import PEOPLE, Gatehouse, authorization
from tests.bench.giving_way import giving_way
from tests.bench.servers import Server
from tests.bench.talking import FORM, REDIRECT_URI, Chain, Connection, Dialogue, Request
from tests.browser import Walker
from tests.stack.gatehouse import ROOT

CONNECTIONS = 32
TIMED = 2
"""Connections of each path."""
PACE = 0.04
SECONDS = 4
ROUNDS, MANY_ROUNDS = 8, 20
UNTOUCHED = 1.2
"""How many times its quiet value a p99 may be."""
QUIET = "quiet"
HERE = "a storm at the server that is asked for tokens"
THERE = "a storm at another server of the deployment, which gives way"
COUNTING = "no storm, but two processes that count and give way"
PAGE = "/accounts/login/"
PASSWORDS = ("the one that is right for them all", "a wrong one, and rather long")


class Times(NamedTuple):
    """How long answers took, in milliseconds."""

    p50: float
    p99: float


def report(gatehouse: Gatehouse, server: Server, rounds: int = ROUNDS) -> dict[str, dict[str, Times]]:
    """Print p50 and p99 of both paths, quiet and in each kind of bad weather, in turn; return them for the record."""
    paths: dict[str, list[Dialogue]] = {
        "client credentials": [_machine(gatehouse.secret)] * TIMED,
        "refresh": [*_chains(server.url)],
    }
    answered: defaultdict[str, Counter[str]] = defaultdict(Counter)
    taken: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    with ExitStack() as parts:
        other = gatehouse.start_for_pages()
        parts.callback(other.stop)
        weathers: dict[str, Callable[[], AbstractContextManager[None]]] = {
            QUIET: nullcontext,
            HERE: lambda: _storm(server.url, answered[HERE]),
            THERE: lambda: _storm(other.url, answered[THERE]),
            COUNTING: _counting,
        }
        for _ in range(rounds):
            for weather, begin in weathers.items():
                with begin():
                    for name, times in _ask(server.port, paths):
                        taken[weather, name] += times
    found = {weather: {name: _times(taken[weather, name]) for name in paths} for weather in weathers}
    print(f"\nA storm of {CONNECTIONS} connections that try passwords without a pause (aim: × {UNTOUCHED:.2f}):\n")
    for weather, each in found.items():
        print(f"- {weather}{_rates(answered[weather], rounds * SECONDS)}: ", end="")
        print(*(_against(name, found[QUIET][name], each[name]) for name in paths), sep="; ")
    return found


def _rates(answered: Counter[str], seconds: int) -> str:
    rates = (f"{number / seconds:.0f} × {status}" for status, number in sorted(answered.items()))
    return f" ({', '.join(rates)} a second)" if answered else ""


def _against(name: str, quiet: Times, taken: Times) -> str:
    return f"{name} p50 {taken.p50:.1f} ms, p99 {taken.p99:.1f} ms (× {taken.p99 / quiet.p99:.2f})"


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
def _storm(url: str, answered: Counter[str]) -> Iterator[None]:
    """Have it rage, and count its answers; what is under way is answered when the block has ended."""
    command = giving_way([sys.executable, "-m", "tests.bench.storm", url])
    popen = partial(subprocess.Popen, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with popen(command, cwd=ROOT, start_new_session=True) as storm:
        assert storm.stdin
        assert storm.stdout
        storm.stdout.readline()
        try:
            yield
        finally:
            storm.stdin.close()
            answered.update(json.loads(storm.stdout.read()))


@contextmanager
def _counting() -> Iterator[None]:
    command = giving_way([sys.executable, "-c", "while True: pass"])
    with ExitStack() as parts:
        for _ in range(2):
            counting = parts.enter_context(subprocess.Popen(command, start_new_session=True))
            parts.callback(counting.kill)
        yield


def rage(url: str) -> None:
    """Try passwords until nobody listens any more; then say how often which status was answered."""
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
