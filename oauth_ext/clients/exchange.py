"""What a client may get by exchanging tokens (RFC 8693): nothing, unless it is registered so.

Only that grant reads it, so it is not among the columns of `rows`.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from oauth_ext.clients.models import Application, GrantType
from oauth_ext.clients.problem import Problem
from oauth_ext.resources.services import is_well_formed


class ExchangePolicy(NamedTuple):
    """Beyond a subject token's own resources: for which ones; and whether in the subject's place."""

    resources: list[str]
    may_impersonate: bool


def policy_of(client_pk: int) -> ExchangePolicy:
    """Return the policy of a client: one statement; of one that is gone, nothing is allowed."""
    found = Application.objects.filter(pk=client_pk).values_list("exchange_resources", "may_impersonate")
    return next((ExchangePolicy._make(row) for row in found), ExchangePolicy([], may_impersonate=False))


def exchange_problems(
    grant_types: Sequence[str], *, public: bool, resources: Sequence[str], may_impersonate: bool
) -> Iterator[Problem]:
    """Yield what is wrong with a registration for exchange."""
    exchanges = GrantType.TOKEN_EXCHANGE in grant_types
    if public and exchanges:
        yield Problem("grant_types", "token_exchange is for confidential clients.")
    if resources and not exchanges:
        yield Problem("exchange_resources", "It goes with the grant token_exchange.")
    if may_impersonate and not exchanges:
        yield Problem("may_impersonate", "It goes with the grant token_exchange.")
    for index, uri in enumerate(resources):
        if not is_well_formed(uri):
            yield Problem("exchange_resources", f"{uri}: It is no absolute URI without a fragment.", index)
