"""A device to try out (RFC 8628): shows a code and the same as a QR code, waits, and greets whoever let it in.

    python -m idp.dev.device --client-id tv

It knows of Gatehouse what any client knows, and nothing else: its metadata. A new device begins with this file.
"""

import argparse
import time
from typing import TypedDict, cast

import httpx2
import segno

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SLOWER_SECONDS = 5  # §3.5


class Begun(TypedDict):
    """The answer to a device authorization request (§3.2)."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int


class Answer(TypedDict, total=False):
    """The answer of the token endpoint: tokens, or why there are none yet (§3.5)."""

    access_token: str
    error: str
    error_description: str


def main(arguments: list[str] | None = None) -> None:
    """Run until somebody has answered; exit with 1 where they didn't let it in."""
    parser = argparse.ArgumentParser(prog="python -m idp.dev.device", description="A device without a browser.")
    parser.add_argument("--issuer", default="http://localhost:8000")
    parser.add_argument("--client-id", default="tv")
    parser.add_argument("--scope", default="openid profile offline_access")
    options = parser.parse_args(arguments)
    with httpx2.Client(timeout=10) as http:
        endpoints: dict[str, str] = http.get(f"{options.issuer}/.well-known/oauth-authorization-server").json()
        begun = begin(http, endpoints["device_authorization_endpoint"], options.client_id, options.scope)
        show(begun)
        answer = wait(http, endpoints["token_endpoint"], options.client_id, begun)
        headers = {"Authorization": f"Bearer {answer['access_token']}"}
        person: dict[str, str] = http.get(endpoints["userinfo_endpoint"], headers=headers).json()
    print(f"Hello, {person.get('preferred_username', person.get('sub'))}.", flush=True)


def begin(http: httpx2.Client, endpoint: str, client_id: str, scope: str) -> Begun:
    """Ask for the codes; raises SystemExit with the server's words."""
    response = http.post(endpoint, data={"client_id": client_id, "scope": scope})
    if not response.is_success:
        raise SystemExit(response.json()["error_description"])
    return cast("Begun", response.json())


def show(begun: Begun) -> None:
    """Print what a screen would show: the QR code saves typing, the code is compared all the same (§3.3.1)."""
    print(f"\nOn your phone or computer go to {begun['verification_uri']} and type\n\n    {begun['user_code']}\n")
    print("or scan this, and look whether the page shows the same code:\n")
    segno.make(begun["verification_uri_complete"], error="m").terminal(compact=True, border=2)
    print("\nWaiting for you …", flush=True)


def wait(http: httpx2.Client, endpoint: str, client_id: str, begun: Begun) -> Answer:
    """Ask until there is an answer, as slowly as the server wants it; raises SystemExit where it is no."""
    form = {"grant_type": GRANT, "client_id": client_id, "device_code": begun["device_code"]}
    interval = begun.get("interval", 5)
    while True:
        time.sleep(interval)
        answer = cast("Answer", http.post(endpoint, data=form).json())
        match answer.get("error"):
            case None:
                return answer
            case "slow_down":
                interval += SLOWER_SECONDS
            case "authorization_pending":
                pass
            case _:
                raise SystemExit(answer["error_description"])


if __name__ == "__main__":
    main()
