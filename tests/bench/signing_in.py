"""What a sign-in with a password costs, beside its hash: somebody who has been there before, in the same browser."""

import time
from statistics import median

import httpx

from tests.bench import processes
from tests.bench.gatehouse import Gatehouse
from tests.bench.measuring import Database
from tests.bench.servers import Server
from tests.stack.gatehouse import manage
from tests.stack.site import hidden_fields

ROUNDS, EACH = 5, 60
BESIDE = 5.0
"""Milliseconds of CPU that a sign-in may take of the server's processes beside those of the hash."""
PAGE = "/accounts/login/"
SESSION, CSRF = "gatehouse_session", "gatehouse_csrf"
# In a process of its own, with the hasher as the server has it; its threads count as well
HASH = """
import time
from django.contrib.auth.hashers import check_password, make_password
hashed = make_password("alicepass")
began = time.process_time()
for _ in range(100):
    assert check_password("alicepass", hashed)
print((time.process_time() - began) / 100)
"""


def report(gatehouse: Gatehouse, server: Server, database: Database) -> dict[str, float]:
    """Print what one costs, in milliseconds of CPU, medians of the rounds; return it for the record."""
    with httpx.Client(base_url=server.url, timeout=60) as browser:
        fields = {"login": "alice", "password": "alicepass", **hidden_fields(browser.get(PAGE).text)}
        for _ in range(EACH):
            _sign_in(browser, fields)
        rounds = [
            {"hash": float(manage(gatehouse.environment, "shell", "-v0", "-c", HASH)) * 1e3}
            | _round(browser, fields, server, database)
            for _ in range(ROUNDS)
        ]
    found = {name: median(each[name] for each in rounds) for name in rounds[0]}
    beside = median(each["app"] - each["hash"] for each in rounds)
    print(
        f"\nA sign-in with a password: {found['app']:.1f} ms of CPU, {found['hash']:.1f} of them for the hash, "
        f"{beside:.1f} beside it ({'within' if beside <= BESIDE else 'beyond'} {BESIDE:.0f}); "
        f"PostgreSQL's {found['database']:.1f}; {found['commits']:.1f} commits; p50 {found['p50']:.1f} ms.",
        flush=True,
    )
    return found | {"beside": beside}


def _round(browser: httpx.Client, fields: dict[str, str], server: Server, database: Database) -> dict[str, float]:
    postgres = processes.postgres()
    before = server.cpu(), processes.cpu(postgres), database.writes()
    taken = [_sign_in(browser, fields) for _ in range(EACH)]
    after = server.cpu(), processes.cpu(postgres), database.writes()
    app, pg, commits = ((end - start) / EACH for start, end in zip(before, after, strict=True))
    return {"app": app * 1e3, "database": pg * 1e3, "commits": commits, "p50": median(taken) * 1e3}


def _sign_in(browser: httpx.Client, fields: dict[str, str]) -> float:
    """Send the form as a stranger in a browser that is known; return how many seconds the answer took."""
    if SESSION in browser.cookies:
        browser.cookies.delete(SESSION)
    began = time.perf_counter()
    response = browser.post(PAGE, data={**fields, "csrfmiddlewaretoken": browser.cookies[CSRF]})
    assert (response.status_code, SESSION in response.cookies) == (303, True), response.text
    return time.perf_counter() - began
