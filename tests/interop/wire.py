"""What passed on the wire, read as uses of what the metadata advertise.

No client is believed about what it used: a value counts when a request with it was answered well. The one exception are
values that never reach the server's door (`OFF_THE_WIRE`), of which a journey says itself that it saw them.
"""

import base64
import json
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from tests.stack.recorder import Exchange

OFF_THE_WIRE = {
    "subject_types_supported",  # what two clients know of one person, compared
    "backchannel_logout_supported",  # the server calls the client
    "backchannel_logout_session_supported",
}


class Use(NamedTuple):
    """A value that a document advertises under a name; of an endpoint its address, of a flag `True`."""

    name: str
    value: object


class Passed:
    """One exchange, with the endpoint that it was with by its name in the metadata, or its path."""

    def __init__(self, exchange: Exchange, endpoints: dict[str, str]) -> None:
        self.exchange = exchange
        path, _, query = exchange.path.partition("?")
        self.endpoint = endpoints.get(path, path)
        form = exchange.body if "urlencoded" in exchange.headers.get("content-type", "") else ""
        self.asked = {name: values[0] for name, values in parse_qs(f"{query}&{form}").items()}

    @cached_property
    def redirected(self) -> dict[str, str]:
        """The parameters of the answer where it is a redirect."""
        location = self.exchange.answer_headers.get("location", "")
        return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}

    @cached_property
    def good(self) -> bool:
        return self.exchange.status < 400 and "error" not in self.redirected

    @cached_property
    def answer(self) -> dict[str, Any]:
        is_json = "application/json" in self.exchange.answer_headers.get("content-type", "")
        return json.loads(self.exchange.answer) if is_json and self.exchange.answer else {}

    @cached_property
    def id_token(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims of the ID token that was handed out; empty where there was none."""
        token = self.answer.get("id_token")
        return (part_of(token, 0), part_of(token, 1)) if token else ({}, {})

    def at(self, *endpoints: str) -> bool:
        return self.endpoint in endpoints


def part_of(jwt: str, number: int) -> dict[str, Any]:
    part = jwt.split(".")[number]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return read


REQUESTS = ("authorization_endpoint", "pushed_authorization_request_endpoint")
Rule = Callable[[Passed], Iterable[object]]


def asked(parameter: str, *endpoints: str) -> Rule:
    """The words of a parameter of requests to these endpoints."""
    return lambda passed: passed.asked.get(parameter, "").split() if passed.at(*endpoints) else ()


def auth_method(endpoint: str) -> Rule:
    def rule(passed: Passed) -> Iterable[str]:
        if not passed.at(endpoint):
            return
        if passed.exchange.headers.get("authorization", "").lower().startswith("basic "):
            yield "client_secret_basic"
        elif "client_assertion" in passed.asked:
            yield "private_key_jwt"
        else:
            yield "client_secret_post" if "client_secret" in passed.asked else "none"

    return rule


def assertion_algorithm(endpoint: str) -> Rule:
    def rule(passed: Passed) -> Iterable[object]:
        if passed.at(endpoint) and "client_assertion" in passed.asked:
            yield part_of(passed.asked["client_assertion"], 0)["alg"]

    return rule


def proof_algorithm(passed: Passed) -> Iterable[object]:
    if proof := passed.exchange.headers.get("dpop"):
        yield part_of(proof, 0)["alg"]


def response_mode(passed: Passed) -> Iterable[str]:
    if "code" in passed.redirected:
        yield "query"
    elif 'name="code"' in passed.exchange.answer:
        yield "form_post"


def claims(passed: Passed) -> Iterable[str]:
    yield from passed.id_token[1]
    if passed.at("userinfo_endpoint"):
        yield from passed.answer


def resource(passed: Passed) -> Iterable[str]:
    if passed.at("token_endpoint") and "access_token" in passed.answer and "resource" in passed.asked:
        yield passed.asked["resource"]


def authenticated_by(scheme: str) -> Callable[[Passed], bool]:
    return lambda passed: passed.exchange.headers.get("authorization", "").lower().startswith(f"{scheme} ")


RULES: dict[str, Rule] = {
    "issuer": lambda passed: [passed.id_token[1].get("iss")],
    "scopes_supported": lambda passed: passed.answer.get("scope", "").split() if passed.at("token_endpoint") else (),
    "response_types_supported": asked("response_type", *REQUESTS),
    "response_modes_supported": response_mode,
    "grant_types_supported": asked("grant_type", "token_endpoint"),
    "code_challenge_methods_supported": asked("code_challenge_method", *REQUESTS),
    "prompt_values_supported": asked("prompt", *REQUESTS),
    "ui_locales_supported": asked("ui_locales", *REQUESTS),
    "acr_values_supported": lambda passed: [passed.id_token[1].get("acr")],
    "id_token_signing_alg_values_supported": lambda passed: [passed.id_token[0].get("alg")],
    "claim_types_supported": lambda passed: ["normal"] if passed.id_token[1] else (),
    "claims_supported": claims,
    "authorization_response_iss_parameter_supported": lambda passed: [True] if "iss" in passed.redirected else (),
    "client_id_metadata_document_supported": lambda passed: (
        [True] if passed.at(*REQUESTS) and passed.asked.get("client_id", "").startswith("http") else ()
    ),
    "dpop_signing_alg_values_supported": proof_algorithm,
    "resource": resource,
    "authorization_servers": lambda passed: [passed.id_token[1].get("iss")],
    "bearer_methods_supported": lambda passed: (
        ["header"] if passed.at("userinfo_endpoint", "/graphql") and authenticated_by("bearer")(passed) else ()
    ),
}
for endpoint in ("token_endpoint", "revocation_endpoint", "introspection_endpoint"):
    RULES[f"{endpoint}_auth_methods_supported"] = auth_method(endpoint)
    RULES[f"{endpoint}_auth_signing_alg_values_supported"] = assertion_algorithm(endpoint)


def is_address(name: str) -> bool:
    return name.endswith(("_endpoint", "_uri"))


def advertised(document: dict[str, Any]) -> set[Use]:
    """Every value that a document advertises; what it says is not supported is none."""
    values = ((name, value if isinstance(value, list) else [value]) for name, value in document.items())
    return {Use(name, value) for name, listed in values for value in listed if value is not False}


def used(document: dict[str, Any], exchanges: Iterable[Exchange]) -> set[Use]:
    """Every value, advertised or not, that a request was answered well with; `document` tells where endpoints are."""
    endpoints = {urlsplit(str(value)).path: name for name, value in document.items() if is_address(name)}
    found = set()
    for exchange in exchanges:
        passed = Passed(exchange, endpoints)
        if passed.good:
            found |= {Use(name, value) for name, rule in RULES.items() for value in rule(passed) if value is not None}
            if passed.endpoint in document:
                found.add(Use(passed.endpoint, document[passed.endpoint]))
    return found


def without_a_rule(document: dict[str, Any]) -> set[str]:
    """What is advertised and nobody here knows how it would be used."""
    return {use.name for use in advertised(document) if not is_address(use.name)} - RULES.keys() - OFF_THE_WIRE
