"""The judgement of an authorization request: an ordered list of checks, one a file."""

from collections.abc import Callable, Sequence

from oauth_ext.authorization.asked import Asked
from oauth_ext.authorization.checks.acr_values import check_acr_values
from oauth_ext.authorization.checks.client import check_client
from oauth_ext.authorization.checks.dpop_jkt import check_dpop_jkt
from oauth_ext.authorization.checks.grant_type import check_grant_type
from oauth_ext.authorization.checks.hints import check_hints
from oauth_ext.authorization.checks.max_age import check_max_age
from oauth_ext.authorization.checks.nonce import check_nonce
from oauth_ext.authorization.checks.pkce import check_pkce
from oauth_ext.authorization.checks.prompt import check_prompt
from oauth_ext.authorization.checks.pushed import check_pushed
from oauth_ext.authorization.checks.redirect_uri import check_redirect_uri
from oauth_ext.authorization.checks.repeated import check_repeated
from oauth_ext.authorization.checks.resource import check_resource
from oauth_ext.authorization.checks.response_mode import check_response_mode
from oauth_ext.authorization.checks.response_type import check_response_type
from oauth_ext.authorization.checks.scope import check_scope
from oauth_ext.authorization.checks.size import check_size
from oauth_ext.authorization.checks.state import check_state
from oauth_ext.authorization.checks.ui_locales import check_ui_locales
from oauth_ext.authorization.checks.unsupported import check_unsupported
from oauth_ext.authorization.errors import Refused
from oauth_ext.clients.models import Application
from oauth_ext.errors import OAuthError
from oauth_ext.parameters import Parameters

Check = Callable[[Parameters, Application, Asked], None]

# `state` and `response_mode` first, so that every later refusal carries the one and goes by the other.
CHECKS: tuple[Check, ...] = (
    check_state,
    check_response_mode,
    check_repeated,
    check_unsupported,
    check_grant_type,
    check_response_type,
    check_pkce,
    check_dpop_jkt,
    check_scope,
    check_resource,
    check_prompt,
    check_max_age,
    check_acr_values,
    check_ui_locales,
    check_nonce,
    check_hints,
    check_size,
)
# What a browser brings must be allowed to come that way.
BROUGHT = (*CHECKS[:2], check_pushed, *CHECKS[2:])


def judge(parameters: Parameters) -> tuple[Application, Asked]:
    """Return the client and what it asks for, in a request that a browser brings.

    Until the redirect URI is known to be the client's, an `InvalidRequest` is raised, which must never lead to a
    redirect; from then on `Refused`, which goes there.
    """
    client = check_client(parameters)
    return client, _judge(parameters, client, BROUGHT)


def judge_pushed(parameters: Parameters, client: Application) -> Asked:
    """Return what an authenticated client asks for by pushing it (RFC 9126 §2.1); raises as above."""
    return _judge(parameters, client, CHECKS)


def _judge(parameters: Parameters, client: Application, checks: Sequence[Check]) -> Asked:
    asked = check_redirect_uri(parameters, client)
    for check in checks:
        try:
            check(parameters, client, asked)
        except OAuthError as error:
            raise Refused(error, client, asked) from error
    return asked
