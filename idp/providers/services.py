"""Asking another provider who somebody is: the request, and what its answer proves (OIDC Core §3.1)."""

import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from idp.factors.models import UsedChallenge
from idp.ops import base64url
from idp.ops.keyring import SealBroken
from idp.providers import client_authentication, discovery, documents, id_token, rules
from idp.providers.discovery import Metadata
from idp.providers.errors import Declined, Untrusted
from idp.providers.models import IdentityProvider
from idp.users.acr import ACR_VALUES, ONE_FACTOR

LIFE_SECONDS: Final = 900  # from leaving to coming back
# RFC 8176 §2; what else a provider may say of how somebody signed in is not handed on
METHODS: Final = frozenset(
    {
        *("face", "fpt", "geo", "hwk", "iris", "kba", "mca", "mfa", "otp", "pin", "pop"),
        *("pwd", "rba", "retina", "sc", "sms", "swk", "tel", "user", "vbm", "wia"),
    }
)


@dataclass(frozen=True)
class Asked:
    """What has to be known when the answer comes, and only then: kept behind the browser's cookie, and used once.

    `since` is when it was asked (epoch); `anew` whether they have to sign in there again.
    """

    provider: str
    issuer: str
    nonce: str
    verifier: str
    since: float
    anew: bool


@dataclass(frozen=True)
class Proof:
    """Who somebody is at a provider, how they signed in there, and what it says of them: plain data.

    `email` is empty where nothing usable was said; `role` is what the declared rules give.
    """

    provider: str
    issuer: str
    subject: str
    acr: str
    amr: list[str]
    email: str = ""
    email_verified: bool = False
    username: str = ""
    role: str | None = None


def switched_on() -> QuerySet[IdentityProvider]:
    """Return the providers by which people may sign in, by what they are called."""
    return IdentityProvider.objects.filter(is_active=True).order_by("display_name", "name")


def find(name: str) -> IdentityProvider | None:
    """Return a provider that is switched on, or None."""
    return None if "\x00" in name else switched_on().filter(name=name).first()


def callback_uri(provider: IdentityProvider) -> str:
    """Return where its answers go: a path of its own, so that no other's is taken for its (RFC 9700 §4.4.2)."""
    return f"{settings.ISSUER_URL}{reverse('provider_callback', kwargs={'name': provider.name})}"


def ask(provider: IdentityProvider, *, anew: bool) -> tuple[str, str, Asked]:
    """Return where to send the browser, the request's `state`, and what to keep. Raises Untrusted."""
    metadata = discovery.of(provider.issuer)
    asked = Asked(
        provider=provider.name,
        issuer=provider.issuer,
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        since=time.time(),
        anew=anew,
    )
    state = secrets.token_urlsafe(32)
    parameters = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": callback_uri(provider),
        "scope": " ".join(provider.scopes),
        "state": state,
        "nonce": asked.nonce,
        "code_challenge": base64url.encode(hashlib.sha256(asked.verifier.encode()).digest()),
        "code_challenge_method": "S256",
    }
    if anew:
        parameters |= {"prompt": "login", "max_age": "0"}
    joined = "&" if urlsplit(metadata.authorization_endpoint).query else "?"
    return f"{metadata.authorization_endpoint}{joined}{urlencode(parameters)}", state, asked


def prove(provider: IdentityProvider, asked: Asked, answer: Mapping[str, str]) -> Proof:
    """Take the parameters that the browser came back with. Raises Untrusted, Declined. Not inside a transaction."""
    if asked.provider != provider.name or asked.issuer != provider.issuer:
        raise Untrusted("another provider was asked")
    if time.time() > asked.since + LIFE_SECONDS:
        raise Untrusted("asked too long ago")
    _use_up(asked)
    metadata = discovery.of(provider.issuer)
    # the answer of whom? (RFC 9207 §2.4)
    if answer.get("iss", "" if metadata.names_issuer else metadata.issuer) != metadata.issuer:
        raise Untrusted("the answer is another issuer's, or doesn't say")
    if "error" in answer:
        raise Declined("it did not sign them in")
    if not answer.get("code"):
        raise Untrusted("neither code nor error")
    tokens = _redeem(provider, metadata, answer["code"], asked.verifier)
    access_token = tokens.get("access_token")
    text = access_token if isinstance(access_token, str) and access_token.isascii() else ""
    expected = id_token.Expected(provider.client_id, asked.nonce, asked.since if asked.anew else None)
    claims = id_token.judge(str(tokens.get("id_token")), metadata, expected, text)
    return _proof(provider, {**_more(provider, metadata, claims, text), **claims})


def _use_up(asked: Asked) -> None:
    """Take the request: the database says by whom, if it is answered twice at once. Raises Untrusted."""
    digest = hashlib.sha256(f"provider {asked.nonce}".encode()).hexdigest()
    expires_at = timezone.now() + timedelta(seconds=LIFE_SECONDS)
    try:
        with transaction.atomic():
            UsedChallenge.objects.create(challenge_hash=digest, expires_at=expires_at)
    except IntegrityError:
        raise Untrusted("answered before") from None


def _redeem(provider: IdentityProvider, metadata: Metadata, code: str, verifier: str) -> documents.Document:
    try:
        fields, authorization = client_authentication.prove(provider)
    except SealBroken as error:
        raise Untrusted("our own secret there doesn't open") from error
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback_uri(provider),
        "code_verifier": verifier,
        **fields,
    }
    return documents.ask(metadata.token_endpoint, form=urlencode(form).encode(), authorization=authorization)


def _more(
    provider: IdentityProvider, metadata: Metadata, claims: Mapping[str, object], access_token: str
) -> Mapping[str, object]:
    """Return what userinfo says, where the ID token doesn't say all that we look for (OIDC Core §5.3.2)."""
    wanted = {"email", "email_verified"} | rules.claims_of(provider.role_rules)
    if not metadata.userinfo_endpoint or not access_token or not access_token.isprintable() or wanted <= claims.keys():
        return {}
    said = documents.ask(metadata.userinfo_endpoint, authorization=f"Bearer {access_token}")
    if said.get("sub") != claims["sub"]:
        raise Untrusted("userinfo is about somebody else")
    return said


def _proof(provider: IdentityProvider, claims: Mapping[str, object]) -> Proof:
    email, name = claims.get("email"), claims.get("preferred_username")
    return Proof(
        provider=provider.name,
        issuer=provider.issuer,
        subject=str(claims["sub"]),
        acr=_acr(provider, claims.get("acr")),
        amr=_amr(provider, claims.get("amr")),
        email=email.strip().lower() if isinstance(email, str) and email.isprintable() else "",
        email_verified=claims.get("email_verified") is True,
        username=name if isinstance(name, str) and name.isprintable() and "@" not in name else "",
        role=rules.role_for(provider.role_rules, claims),
    )


def _acr(provider: IdentityProvider, said: object) -> str:
    """Return what it is worth here: one factor, unless it is trusted and says what we say, too."""
    return str(said) if provider.trusts_acr and said in ACR_VALUES else ONE_FACTOR


def _amr(provider: IdentityProvider, said: object) -> list[str]:
    if not provider.trusts_acr or not isinstance(said, list):
        return []
    return [method for method in dict.fromkeys(filter(_is_text, said)) if method in METHODS]


def _is_text(value: object) -> bool:
    return isinstance(value, str)
