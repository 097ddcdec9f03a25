"""The audits of graphql-http: what the specification of GraphQL over HTTP asks of a server."""

import json

import pytest

from tests.factories import SECRET
from tests.interop import packages
from tests.interop.provider import Provider

# That one MAY be asked by GET; none may (T87).
BY_GET = {"5A70", "D6D5", "6A70"}


@pytest.mark.full
def test_all_audits_pass_but_for_what_asks_by_get(provider: Provider):
    machine = ("--type=confidential", "--grant=client_credentials", f"--secret={SECRET}")
    provider.register("auditor", *machine)
    asked = {"grant_type": "client_credentials"}
    answer = provider.http.post(provider["token_endpoint"], data=asked, auth=("auditor", SECRET)).raise_for_status()
    said = json.loads(packages.run("audits.mjs", f"{provider.issuer}/graphql", answer.json()["access_token"]))
    assert len(said) > 50
    assert {audit["id"]: audit for audit in said if audit["status"] != "ok"}.keys() == BY_GET
