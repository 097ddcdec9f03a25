"""`manage.py create_oauth_app`."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import TypedDict, Unpack

from django.core.management import BaseCommand, CommandError
from django.db import transaction
from typing_extensions import override

from idp.users.acr import ACR_VALUES
from oauth_ext import scopes
from oauth_ext.clients import services as clients
from oauth_ext.clients.models import SECRET_METHODS, Application, AuthMethod, GrantType, ResponseMode, SubjectType
from oauth_ext.clients.services import ClientSpec
from oauth_ext.clients.spec import usual_scopes
from oauth_ext.errors import InvalidClientMetadata, InvalidTarget
from oauth_ext.keys.models import SigningAlgorithm
from oauth_ext.resources import services as resources

SPA = ClientSpec(
    client_id="spa",
    name="Gatehouse SPA",
    redirect_uris=["http://localhost:3000/callback"],
    post_logout_redirect_uris=["http://localhost:3000/"],
    algorithm=SigningAlgorithm.ES256,
)
# The grants by the names that people type: of some the specification's own is a URN.
GRANTS = {grant.name.lower(): grant.value for grant in GrantType}
OPTIONS = {
    "client_id": "--client-id",
    "client_type": "--type",
    "token_endpoint_auth_method": "--auth-method",
    "grant_types": "--grant",
    "redirect_uris": "--redirect-uri",
    "post_logout_redirect_uris": "--post-logout-redirect-uri",
    "scopes": "--scope",
    "default_scopes": "--scope",
    "algorithm": "--id-token-alg",
    "subject_type": "--subject-type",
    "sector_identifier_uri": "--sector-identifier-uri",
    "backchannel_logout_uri": "--backchannel-logout-uri",
    "dpop_bound_access_tokens": "--dpop",
    "response_modes": "--response-mode",
    "require_pushed_authorization_requests": "--require-par",
    "resources": "--resource",
    "exchange_resources": "--exchange-resource",
    "may_impersonate": "--may-impersonate",
    "id_token_signed_response_alg": "--id-token-alg",
    "jwks": "--jwks",
    "jwks_uri": "--jwks-uri",
    "access_token_expire_seconds": "--access-token-seconds",
    "refresh_token_max_age_seconds": "--max-age-seconds",
    "accent": "--accent",
}


class Options(TypedDict):
    """The command's options, named as `ClientSpec` names what they become; None where one is not given."""

    client_id: str | None
    name: str | None
    client_type: str | None
    grant_types: list[str] | None
    redirect_uris: list[str] | None
    post_logout_redirect_uris: list[str] | None
    scopes: list[str] | None
    resources: list[str] | None
    exchange_resources: list[str] | None
    may_impersonate: bool
    secret: str | None
    token_endpoint_auth_method: str | None
    jwks: str | None
    jwks_uri: str | None
    access_token_expire_seconds: int | None
    refresh_token_max_age_seconds: int | None
    algorithm: str | None
    subject_type: str | None
    sector_identifier_uri: str | None
    backchannel_logout_uri: str | None
    dpop_bound_access_tokens: bool
    response_modes: list[str] | None
    require_pushed_authorization_requests: bool
    minimum_acr: str | None
    accent: str | None
    trusted: bool
    json: bool
    verbosity: int


class Command(BaseCommand):
    """Registers a client."""

    help = "Registers a client; without options the documented one of the SPA. The same again changes nothing."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--client-id", metavar="ID", help="default: spa, which has defaults of its own")
        parser.add_argument("--name", help="what people read where they are asked for consent")
        parser.add_argument("--type", dest="client_type", choices=["public", "confidential"], help="default: public")
        _repeatable(parser, "--grant", "grant_types", "GRANT", f"one of {', '.join(GRANTS)}")
        _repeatable(parser, "--redirect-uri", "redirect_uris", "URI", "where answers go")
        _repeatable(parser, "--post-logout-redirect-uri", "post_logout_redirect_uris", "URI", "after signing out")
        _repeatable(parser, "--scope", "scopes", "SCOPE", "what it may ask for at most")
        _repeatable(parser, "--resource", "resources", "URI", "what it is the server of, and may introspect tokens for")
        words = "for what it gets tokens by exchange, beyond the resources of the token it gives"
        _repeatable(parser, "--exchange-resource", "exchange_resources", "URI", words)
        parser.add_argument(
            "--may-impersonate", action="store_true", help="by exchange it gets tokens that don't name it as acting"
        )
        parser.add_argument("--secret", help="instead of a generated one; - reads it from standard input")
        parser.add_argument(
            "--auth-method", dest="token_endpoint_auth_method", metavar="METHOD", help=", ".join(AuthMethod.values)
        )
        parser.add_argument("--jwks", metavar="FILE", help="the public keys of a client that signs (private_key_jwt)")
        parser.add_argument("--jwks-uri", metavar="URI", help="where these keys are, if not in a file")
        parser.add_argument(
            "--id-token-alg", dest="algorithm", metavar="ALG", help=f"{', '.join(SigningAlgorithm.values)}"
        )
        parser.add_argument("--subject-type", choices=SubjectType.values, help="default: public")
        parser.add_argument("--sector-identifier-uri", metavar="URI", help="lists the redirect URIs of a sector")
        parser.add_argument("--backchannel-logout-uri", metavar="URI", help="is told of sessions that have ended")
        parser.add_argument(
            "--dpop",
            dest="dpop_bound_access_tokens",
            action="store_true",
            help="it always binds its tokens to a key (RFC 9449); without this it may",
        )
        modes = f"how answers may travel: {', '.join(ResponseMode.values)}; default: {ResponseMode.QUERY.value} alone"
        _repeatable(parser, "--response-mode", "response_modes", "MODE", modes)
        parser.add_argument(
            "--require-par",
            dest="require_pushed_authorization_requests",
            action="store_true",
            help="it must push its authorization requests (RFC 9126)",
        )
        for option, field, words in (
            ("--access-token-seconds", "access_token_expire_seconds", "how long its access tokens live"),
            ("--max-age-seconds", "refresh_token_max_age_seconds", "after this a grant ends, however often refreshed"),
        ):
            parser.add_argument(option, dest=field, metavar="SECONDS", type=int, help=words)
        parser.add_argument(
            "--minimum-acr",
            metavar="ACR",
            choices=ACR_VALUES,
            help=f"how strongly people sign in: {', '.join(ACR_VALUES)}",
        )
        parser.add_argument("--accent", metavar="#RRGGBB", help="the colour of our pages while people are here for it")
        parser.add_argument("--trusted", action="store_true", help="one of our own: nobody is asked for consent")
        parser.add_argument("--json", action="store_true", help="answer in JSON")

    @override
    def handle(self, *_arguments: str, **options: Unpack[Options]) -> None:
        spec, uris, secret = _wanted(options), options["resources"] or [], _secret(options)
        if spec.client_type == Application.CLIENT_PUBLIC:
            _refuse_for_public(secret, uris)
        elif secret is not None and spec.token_endpoint_auth_method not in SECRET_METHODS:
            raise CommandError(f"--secret: {spec.token_endpoint_auth_method} has none")
        client = clients.registered(spec.client_id)
        if client is None:
            generated = _register(spec, uris, secret)
        else:
            _compare(client, spec, uris, secret)
            generated = ""
        self._answer(spec, options, generated=generated, created=client is None)

    def _answer(self, spec: ClientSpec, options: Options, *, generated: str, created: bool) -> None:
        if options["json"]:
            answer: dict[str, object] = {"client_id": spec.client_id, "created": created}
            self.stdout.write(json.dumps(answer | ({"client_secret": generated} if generated else {})))
            return
        if options["verbosity"]:
            self.stdout.write(
                f"Created the client {spec.client_id}" if created else f"{spec.client_id} is there already"
            )
        if generated:
            self.stdout.write(f"Its secret, shown this once: {generated}")


def _repeatable(parser: ArgumentParser, option: str, field: str, metavar: str, words: str) -> None:
    parser.add_argument(option, dest=field, metavar=metavar, action="append", help=f"{words}; may be repeated")


def _wanted(options: Options) -> ClientSpec:
    """Return the client as the options describe it; `spa` fills what is left out as documented."""
    base = SPA if options["client_id"] in {None, SPA.client_id} else ClientSpec(str(options["client_id"]))
    client_type = options["client_type"] or base.client_type
    public = client_type == Application.CLIENT_PUBLIC
    named = options["grant_types"]
    grants = [GRANTS.get(name, name) for name in named] if named else base.grant_types
    usual = usual_scopes(grants)
    # its page shows people their account
    allowed = options["scopes"] or (usual + list(scopes.OWN) if usual and base is SPA else usual)
    return ClientSpec(
        client_id=base.client_id,
        name=options["name"] or base.name,
        client_type=client_type,
        token_endpoint_auth_method=options["token_endpoint_auth_method"]
        or (AuthMethod.NONE if public else AuthMethod.CLIENT_SECRET_BASIC),
        grant_types=grants,
        redirect_uris=options["redirect_uris"] or base.redirect_uris,
        post_logout_redirect_uris=options["post_logout_redirect_uris"] or base.post_logout_redirect_uris,
        scopes=allowed,
        default_scopes=scopes.defaults(allowed),
        jwks=_jwks(options["jwks"]),
        jwks_uri=options["jwks_uri"] or "",
        exchange_resources=options["exchange_resources"] or [],
        may_impersonate=options["may_impersonate"],
        algorithm=options["algorithm"] or base.algorithm,
        subject_type=options["subject_type"] or base.subject_type,
        sector_identifier_uri=options["sector_identifier_uri"] or base.sector_identifier_uri,
        backchannel_logout_uri=options["backchannel_logout_uri"] or base.backchannel_logout_uri,
        dpop_bound_access_tokens=options["dpop_bound_access_tokens"],
        response_modes=options["response_modes"] or base.response_modes,
        require_pushed_authorization_requests=options["require_pushed_authorization_requests"],
        access_token_expire_seconds=options["access_token_expire_seconds"],
        refresh_token_max_age_seconds=options["refresh_token_max_age_seconds"],
        minimum_acr=options["minimum_acr"] or "",
        accent=options["accent"] or "",
        trusted=options["trusted"],
    )


def _jwks(file: str | None) -> dict[str, object] | None:
    if file is None:
        return None
    try:
        read = json.loads(Path(file).read_bytes())
    except OSError as error:
        raise CommandError(f"--jwks: {error.strerror}: {file}") from None
    except ValueError:
        raise CommandError(f"--jwks: {file} is not JSON") from None
    # what it must be is for the service to say, a list too
    return read if isinstance(read, dict) else {}


def _secret(options: Options) -> str | None:
    secret = options["secret"]
    if secret == "-":
        secret = sys.stdin.readline().rstrip("\r\n")
    if secret == "":
        raise CommandError("--secret: it is empty")
    return secret


def _refuse_for_public(secret: str | None, uris: list[str]) -> None:
    for option, given in {"--secret": secret is not None, "--resource": bool(uris)}.items():
        if given:
            raise CommandError(f"{option}: for confidential clients only")


def _register(spec: ClientSpec, uris: list[str], secret: str | None) -> str:
    """Make client and resources, or nothing at all; return the secret where it was generated."""
    try:
        with transaction.atomic():
            client, made = clients.register(spec, secret=secret)
            for uri in uris:
                _register_resource(uri, client)
    except InvalidClientMetadata as error:
        problems = [f"{OPTIONS.get(field, field)}: {sentence}" for field, sentence in error.problems]
        raise CommandError("\n".join(problems)) from None
    return "" if secret else made


def _register_resource(uri: str, client: Application) -> None:
    try:
        resources.register(uri, client.pk)
    except InvalidTarget:
        raise CommandError(f"--resource: {uri} is no absolute URI, our own, or another client's") from None


def _compare(client: Application, spec: ClientSpec, uris: list[str], secret: str | None) -> None:
    names = clients.differences(client, spec, secret=secret)
    if set(resources.owned_by(client.pk)) != set(uris):
        names.append("resources")
    if names:
        other = dict.fromkeys(OPTIONS.get(name, f"--{name}") for name in names)
        raise CommandError(f"{client.client_id} is registered with other values: {', '.join(other)}")
    if not client.is_active:
        raise CommandError(f"{client.client_id} is switched off")
