"""A small client that knows the specifications and the metadata, and nothing else of this server.

It does what other people's clients leave out, for each value that is advertised; one that it doesn't know fails it.
"""

import base64
import json
import re
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from joserfc import jwt

from idp.factors import totp
from tests.browser import Walker
from tests.dpop import LEFT_OUT, Prover
from tests.factories import SECRET, pkce
from tests.interop.provider import Provider
from tests.oauth_ext.clients.signing import KEYS, assertion, by_assertion, jwks
from tests.passkey import SoftPasskey
from tests.relying_party import RelyingParty
from tests.stack.site import hidden_fields

Form = dict[str, str]


@dataclass(frozen=True)
class Answer:
    """An authorization response, and what only the client knows of its request."""

    parameters: Form
    verifier: str
    nonce: str


class Client:
    """One registration; `authenticate` adds to a form what proves that it is the client's."""

    def __init__(self, provider: Provider, client_id: str, authenticate: Callable[[Form], Form] | None = None) -> None:
        self.provider, self.client_id = provider, client_id
        self.redirect_uri = f"https://{client_id}.example/callback"
        self.authenticate = authenticate or (lambda form: form | {"client_id": client_id})

    def register(self, *options: str, scopes: list[str]) -> "Client":
        listed = [f"--scope={scope}" for scope in scopes]
        self.provider.register(self.client_id, f"--redirect-uri={self.redirect_uri}", *listed, *options)
        return self

    def request(self, scope: str, **changes: str) -> tuple[Form, str]:
        """A good authorization request, and the verifier of its challenge."""
        pair = pkce()
        assert "S256" in self.provider["code_challenge_methods_supported"]
        parameters = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": scope,
            "state": secrets.token_urlsafe(16),
            "nonce": secrets.token_urlsafe(16),
            "code_challenge": pair.challenge,
            "code_challenge_method": "S256",
            **changes,
        }
        return parameters, pair.verifier

    def authorize(self, browser: Walker, scope: str = "openid", **changes: str) -> Answer:
        """Go through the pages; raises where the answer isn't one to this request, from this issuer (RFC 9207)."""
        request, verifier = self.request(scope, **changes)
        url = httpx2.URL(self.provider["authorization_endpoint"], params=request)
        return self.check(browser.go(str(url), self.redirect_uri), request, verifier)

    def check(self, answer: Form, request: Form, verifier: str) -> Answer:
        assert (answer["state"], answer["iss"]) == (request["state"], self.provider["issuer"]), answer
        assert "code" in answer, answer
        return Answer(answer, verifier, request["nonce"])

    def redeem(self, answer: Answer, **more: str) -> dict[str, Any]:
        """Buy tokens for the code; the ID token is judged (OIDC Core §3.1.3.7) and its claims stand in its place."""
        tokens = self.token(
            grant_type="authorization_code",
            code=answer.parameters["code"],
            code_verifier=answer.verifier,
            redirect_uri=self.redirect_uri,
            **more,
        )
        if "id_token" in tokens:
            claims = self.id_token(tokens["id_token"])
            assert claims["nonce"] == answer.nonce
            tokens["claims"] = claims
        return tokens

    def id_token(self, token: str) -> dict[str, Any]:
        algorithms = self.provider["id_token_signing_alg_values_supported"]
        claims = jwt.decode(token, self.provider.key_set(), algorithms=algorithms).claims
        jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": self.provider["issuer"]},
            aud={"essential": True, "value": self.client_id},
            exp={"essential": True},
            iat={"essential": True},
        ).validate(claims)
        return dict(claims)

    def token(self, **form: str) -> dict[str, Any]:
        answer = self.post("token_endpoint", **form)
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    def post(self, endpoint: str, **form: str) -> httpx2.Response:
        return self.provider.http.post(self.provider[endpoint], data=self.authenticate(form))

    def userinfo(self, tokens: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        told = self.provider.http.get(self.provider["userinfo_endpoint"], headers=headers).raise_for_status().json()
        assert told["sub"] == tokens["claims"]["sub"]
        return dict(told)


class StrictJourney:
    """One chapter after another; each leaves what it saw."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        with Walker("admin", "adminpass") as self.browser:
            self.everything_that_may_be_granted()
            self.every_prompt()
            self.every_response_mode()
            self.a_pushed_request()
            self.every_algorithm()
            self.every_kind_of_subject()
            self.our_own_api()
            self.every_proof()
            self.a_device()
            self.every_key_of_a_client()
            self.an_exchange()
            self.told_of_the_end()

    def everything_that_may_be_granted(self) -> None:
        scopes = self.provider["scopes_supported"]
        client = Client(self.provider, "everything").register(scopes=scopes)
        self.all_tokens = client.redeem(client.authorize(self.browser, " ".join(scopes)))
        self.all_claims = client.userinfo(self.all_tokens)

    def every_prompt(self) -> None:
        client = Client(self.provider, "prompting").register("--trusted", scopes=["openid"])
        prompts = self.provider["prompt_values_supported"]
        self.prompted = {
            prompt: client.redeem(client.authorize(self.browser, prompt=prompt))["claims"]
            for prompt in prompts
            if prompt != "create"
        }
        with Walker("newcomer", "a-password-of-somebody-new") as newcomer:
            newcomer.mailed = self.provider.mailed_code
            self.created = client.redeem(client.authorize(newcomer, prompt="create"))["claims"]
            self.signed_in_by = {"aal1": self.created["acr"]}
            for wanted, add in (("aal2", self._add_app), ("phr", self._add_passkey)):
                add(newcomer)
                claims = client.redeem(client.authorize(newcomer, acr_values=wanted))["claims"]
                self.signed_in_by[wanted] = claims["acr"]

    def _add_app(self, browser: Walker) -> None:
        """Set an authenticator app up: from here on the sign-in is by two factors."""
        page = browser.follow(f"{self.provider.issuer}/accounts/factors/")
        begun = browser.follow(browser.post(page.url.join("app/"), data=hidden_fields(page.text)))
        secret = base64.b32decode(re.findall(r"<code>([A-Z2-7 ]+)</code>", begun.text)[0].replace(" ", ""))
        browser.follow(browser.send_form(begun, code=totp.code(secret, totp.counter_now())))

    def _add_passkey(self, browser: Walker) -> None:
        page = browser.follow(f"{self.provider.issuer}/accounts/factors/passkeys/add/")
        options = browser.post(page.url.join("../options/"), data=hidden_fields(page.text)).json()
        made = SoftPasskey(origin=self.provider.issuer).create(options)
        browser.post(page.url, data=hidden_fields(page.text) | {"credential": json.dumps(made)})

    def every_response_mode(self) -> None:
        """And in every language that the pages are said to have."""
        modes = self.provider["response_modes_supported"]
        client = Client(self.provider, "modes")
        client.register("--trusted", *(f"--response-mode={mode}" for mode in modes), scopes=["openid"])
        languages = " ".join(self.provider["ui_locales_supported"])
        self.answered = [
            client.redeem(client.authorize(self.browser, response_mode=mode, ui_locales=languages))["claims"]["sub"]
            for mode in modes
        ]

    def a_pushed_request(self) -> None:
        """What is asked goes to the server directly, and the browser brings its name (RFC 9126)."""
        client = Client(self.provider, "pushing").register("--trusted", "--require-par", scopes=["openid"])
        request, verifier = client.request("openid")
        name = client.post("pushed_authorization_request_endpoint", **request).raise_for_status().json()["request_uri"]
        brought = {"client_id": client.client_id, "request_uri": name}
        url = httpx2.URL(self.provider["authorization_endpoint"], params=brought)
        answer = client.check(self.browser.go(str(url), client.redirect_uri), request, verifier)
        self.pushed: str = client.redeem(answer)["claims"]["sub"]

    def every_algorithm(self) -> None:
        self.algorithms = []
        for algorithm in self.provider["id_token_signing_alg_values_supported"]:
            client = Client(self.provider, f"alg-{algorithm.lower()}")
            client.register("--trusted", f"--id-token-alg={algorithm}", scopes=["openid"])
            client.redeem(client.authorize(self.browser))
            self.algorithms.append(algorithm)

    def every_kind_of_subject(self) -> None:
        """Two clients of one kind compare what they know of one person."""
        self.subjects: dict[str, set[str]] = {}
        for kind in self.provider["subject_types_supported"]:
            clients = [Client(self.provider, f"{kind}-{number}") for number in range(2)]
            for client in clients:
                client.register("--trusted", f"--subject-type={kind}", scopes=["openid"])
            self.subjects[kind] = {client.redeem(client.authorize(self.browser))["claims"]["sub"] for client in clients}
            expected = {"public": 1, "pairwise": 2}[kind]
            if len(self.subjects[kind]) == expected:
                self.provider.note("subject_types_supported", kind)

    def our_own_api(self) -> None:
        """A token for the API alone, as its own metadata describe it (RFC 9728, RFC 8707)."""
        api = self.provider.resource
        assert api["authorization_servers"] == [self.provider["issuer"]]
        client = Client(self.provider, "graph").register("--trusted", scopes=["openid", "profile"])
        answer = client.authorize(self.browser, "openid profile", resource=api["resource"])
        tokens = client.redeem(answer, resource=api["resource"])
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        asked = self.provider.http.post(api["resource"], json={"query": "{me{username}}"}, headers=headers)
        self.me: dict[str, Any] = asked.raise_for_status().json()

    def every_proof(self) -> None:
        """Tokens bound to a key of each kind: each opens beside a proof of that key (RFC 9449), by itself nothing."""
        self.bound: dict[str, tuple[int, int]] = {}
        client = Client(self.provider, "proving").register("--trusted", "--dpop", scopes=["openid"])
        for algorithm in self.provider["dpop_signing_alg_values_supported"]:
            prover = Prover(algorithm)
            answer = client.authorize(self.browser, dpop_jkt=prover.jkt)
            token = self._with_proof(client, prover, answer).json()["access_token"]
            userinfo = self.provider["userinfo_endpoint"]
            proof = prover.proof(userinfo, "GET", access_token=token, nonce=self.nonce)
            beside = self.provider.http.get(userinfo, headers={"Authorization": f"DPoP {token}", "DPoP": proof})
            alone = self.provider.http.get(userinfo, headers={"Authorization": f"Bearer {token}"})
            self.bound[algorithm] = (beside.status_code, alone.status_code)

    def _with_proof(self, client: Client, prover: Prover, answer: Answer) -> httpx2.Response:
        """Redeem a code; a first proof is told which nonce to use (RFC 9449 §8)."""
        endpoint = self.provider["token_endpoint"]
        form = client.authenticate(
            {
                "grant_type": "authorization_code",
                "code": answer.parameters["code"],
                "code_verifier": answer.verifier,
                "redirect_uri": client.redirect_uri,
            }
        )
        first = self.provider.http.post(endpoint, data=form, headers={"DPoP": prover.proof(endpoint, nonce=LEFT_OUT)})
        assert first.json()["error"] == "use_dpop_nonce"
        self.nonce = first.headers["DPoP-Nonce"]
        proof = prover.proof(endpoint, nonce=self.nonce)
        return self.provider.http.post(endpoint, data=form, headers={"DPoP": proof}).raise_for_status()

    def a_device(self) -> None:
        """A program without a browser (RFC 8628): it shows an address, somebody opens it and allows."""
        client = Client(self.provider, "tv").register("--grant=device_code", scopes=["openid"])
        codes = client.post("device_authorization_endpoint", scope="openid").raise_for_status().json()
        grant = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": codes["device_code"]}
        self.device_answers = [client.post("token_endpoint", **grant).json()["error"]]
        page = self.browser.follow(codes["verification_uri_complete"])
        assert codes["user_code"] in page.text
        self.browser.follow(self.browser.send_form(page, decision="allow"))
        claims = client.id_token(client.token(**grant)["id_token"])
        assert claims["sub"] == self.all_tokens["claims"]["sub"]
        self.device_answers.append(client.post("token_endpoint", **grant).json()["error"])

    def every_key_of_a_client(self) -> None:
        """Clients that sign (RFC 7523), with a key of each kind, at each endpoint where a client authenticates."""
        self.signed: dict[str, bool] = {}
        with tempfile.TemporaryDirectory() as folder:
            for algorithm in self.provider["token_endpoint_auth_signing_alg_values_supported"]:
                client = self._signing_client(algorithm, Path(folder))
                token = client.token(grant_type="client_credentials")["access_token"]
                told = client.post("introspection_endpoint", token=token).json()
                client.post("revocation_endpoint", token=token).raise_for_status()
                told_after = client.post("introspection_endpoint", token=token).json()
                self.signed[algorithm] = told["active"] and not told_after["active"]

    def _signing_client(self, algorithm: str, folder: Path) -> Client:
        name = f"signs-{algorithm.lower()}"
        key_set = folder / f"{name}.json"
        key_set.write_text(json.dumps(jwks(KEYS[algorithm])))

        def sign(form: Form) -> Form:
            return by_assertion(assertion(name, alg=algorithm, aud=self.provider["issuer"]), **form)

        options = ("--type=confidential", "--auth-method=private_key_jwt", f"--jwks={key_set}")
        client = Client(self.provider, name, sign)
        return client.register(*options, "--grant=client_credentials", scopes=["tokens:introspect"])

    def an_exchange(self) -> None:
        """A service gets a token of its own for the one that it received (RFC 8693)."""
        api = self.provider.resource["resource"]

        def sign(form: Form) -> Form:
            return {**form, "client_id": "service", "client_secret": SECRET}

        client = Client(self.provider, "service", sign)
        options = ("--type=confidential", "--auth-method=client_secret_post", f"--secret={SECRET}")
        owned = "https://service.example/api"
        grants = ("--grant=token_exchange", f"--resource={owned}", f"--exchange-resource={api}")
        client.register(*options, *grants, scopes=["openid", "profile"])
        app = Client(self.provider, "caller").register("--trusted", scopes=["openid", "profile"])
        received = app.redeem(app.authorize(self.browser, "openid profile", resource=owned))
        access_token = "urn:ietf:params:oauth:token-type:access_token"
        tokens = client.token(
            grant_type="urn:ietf:params:oauth:grant-type:token-exchange",
            subject_token=received["access_token"],
            subject_token_type=access_token,
            resource=api,
        )
        assert tokens["issued_token_type"] == access_token
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        asked = self.provider.http.post(api, json={"query": "{me{username}}"}, headers=headers)
        self.acted_for: dict[str, Any] = asked.raise_for_status().json()

    def told_of_the_end(self) -> None:
        """A client that listens hears, by its own `sid`, that its session has ended (OIDC Back-Channel Logout)."""
        with RelyingParty() as party, Walker() as browser:
            client = Client(self.provider, "listening")
            client.register("--trusted", f"--backchannel-logout-uri={party.uri}", scopes=["openid"])
            known = client.redeem(client.authorize(browser))["claims"]
            browser.send_form(browser.get(f"{self.provider.issuer}/accounts/logout/"))
            self.provider.gatehouse.manage("work", "--once")
            (token,) = party.tokens
        told = jwt.decode(token, self.provider.key_set(), algorithms=["RS256"]).claims
        self.told = (told["sub"], told["sid"]) == (known["sub"], known["sid"])
        if self.told:
            for name in ("backchannel_logout_supported", "backchannel_logout_session_supported"):
                self.provider.note(name, value=True)
