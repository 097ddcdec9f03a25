"""Somebody at a browser without JavaScript, who signs in and allows whatever a client asks."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.stack.site import Visitor, hidden_fields

PAGES = 10


class Walker(Visitor):
    """Goes on from page to page at the server, and stops where it would be sent back to the client."""

    def __init__(self, username: str = "alice", password: str = "alicepass") -> None:
        super().__init__()
        self.follow_redirects = False
        self.username, self.password = username, password
        self.mailed: Callable[[], str] = lambda: ""  # the code that was mailed last

    def go(self, url: str, back_to: str) -> dict[str, str]:
        """Open `url`, fill in what is asked, and answer the parameters with which the client is called back."""
        response = self.get(url)
        for _ in range(PAGES):
            if response.next_request and str(response.next_request.url).partition("?")[0] == back_to:
                return parameters(str(response.next_request.url))
            if f'action="{back_to}"' in response.text:  # response_mode=form_post
                return hidden_fields(response.text)
            response = self._next(response)
        raise AssertionError(f"still going round after {PAGES} pages: {response.url}")

    def follow(self, start: str | httpx.Response) -> httpx.Response:
        """Open an address, or go on from an answer, until there is a page."""
        response = self.get(start) if isinstance(start, str) else start
        while response.next_request:
            response = self.send(response.next_request)
        return response

    def _next(self, response: httpx.Response) -> httpx.Response:
        if response.next_request:
            return self.send(response.next_request)
        if 'name="password1"' in response.text:
            address = f"{self.username}@example.com"
            return self.send_form(response, username=self.username, email=address, password1=self.password)
        if 'name="code"' in response.text:
            return self.send_form(response, code=self.mailed())
        if 'name="password"' in response.text:
            return self.send_form(response, login=self.username, password=self.password)
        if 'name="choice"' in response.text:
            return self.send_form(response, choice="continue")
        assert 'name="decision"' in response.text, f"{response.status_code} {response.url}\n{response.text}"
        return self.send_form(response, decision="allow")


def parameters(url: str) -> dict[str, str]:
    """The parameters of an answer to a client; each stands once."""
    query = parse_qs(urlsplit(url).query, keep_blank_values=True, strict_parsing=True)
    assert all(len(values) == 1 for values in query.values()), query
    return {name: values[0] for name, values in query.items()}
