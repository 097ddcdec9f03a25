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

SIGN_INS = 200
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
    """Print what one costs, in milliseconds, and how often it commits; return it for the record."""
    hashing = float(manage(gatehouse.environment, "shell", "-v0", "-c", HASH)) * 1e3
    with httpx.Client(base_url=server.url, timeout=60) as browser:
        fields = {"login": "alice", "password": "alicepass", **hidden_fields(browser.get(PAGE).text)}
        _sign_in(browser, fields)
        postgres = processes.postgres()
        before = server.cpu(), processes.cpu(postgres), database.writes()
        taken = [_sign_in(browser, fields) for _ in range(SIGN_INS)]
        after = server.cpu(), processes.cpu(postgres), database.writes()
    app, pg, commits = ((end - start) / SIGN_INS for start, end in zip(before, after, strict=True))
    found = {"app": app * 1e3, "hash": hashing, "database": pg * 1e3, "commits": commits, "p50": median(taken) * 1e3}
    beside = found["app"] - hashing
    verdict = "within" if beside <= BESIDE else "beyond"
    print(
        f"\nA sign-in with a password: {found['app']:.1f} ms of CPU, of which the hash takes {hashing:.1f}, the rest "
        f"{beside:.1f} ({verdict} {BESIDE:.0f}); of PostgreSQL's {found['database']:.1f}; {commits:.1f} commits; p50 "
        f"{found['p50']:.1f} ms.",
        flush=True,
    )
    return found


def _sign_in(browser: httpx.Client, fields: dict[str, str]) -> float:
    """Send the form as a stranger in a browser that is known; return how many seconds the answer took."""
    browser.cookies.delete(SESSION) if SESSION in browser.cookies else None
    fields = {**fields, "csrfmiddlewaretoken": browser.cookies[CSRF]}
    began = time.perf_counter()
    response = browser.post(PAGE, data=fields)
    assert (response.status_code, SESSION in response.cookies) == (303, True), response.text
    return time.perf_counter() - began
