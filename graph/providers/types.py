"""Another identity provider, as the API shows it."""

from enum import Enum

import strawberry

from graph.access import attribute, inherited
from idp.providers import registry
from idp.providers.models import AuthMethod


@strawberry.enum(description="How we prove to a provider who we are (OIDC Core §9). More may come.")
class ProviderAuthMethod(Enum):
    """Those of `AuthMethod`."""

    CLIENT_SECRET_BASIC = strawberry.enum_value("client_secret_basic", description="By a secret, in a header.")
    CLIENT_SECRET_POST = strawberry.enum_value("client_secret_post", description="By a secret, in the form.")
    PRIVATE_KEY_JWT = strawberry.enum_value("private_key_jwt", description="By a signature (RFC 7523).")


@strawberry.type(description="A rule that gives whoever has a claim a role when they sign in.")
class ProviderRoleRule:
    """The first that fits counts."""

    claim: str = attribute(inherited, "The name of the claim.")
    value: str = attribute(inherited, "What it must be, or hold in its list.")
    role: str = attribute(inherited, "The role's name.")


@strawberry.type(
    description="Another identity provider by which people sign in; `manage.py apply` says which there are."
)
class IdentityProvider:
    """Told to who may see everybody's profile; no secret is."""

    name: str = attribute(inherited, "Its name here, in its paths.")
    display_name: str = attribute(inherited, "What people read on its button.")
    issuer: str = attribute(inherited, "Its issuer.")
    client_id: str = attribute(inherited, "By which name it knows us.")
    auth_method: ProviderAuthMethod = attribute(inherited, "How we prove there who we are.")
    scopes: list[str] = attribute(inherited, "What we ask it for.")
    sign_up: bool = attribute(inherited, "Whether people get a new account by it.")
    trusts_acr: bool = attribute(inherited, "Whether it is believed how strongly somebody signed in there.")
    enabled: bool = attribute(inherited, "Whether people may sign in by it.")
    role_rules: list[ProviderRoleRule] = attribute(inherited, "Which claims give which role.")

    @classmethod
    def all(cls) -> "list[IdentityProvider]":
        """Return all there are: a handful, by name."""
        return [
            cls(
                name=row.name,
                display_name=row.display_name,
                issuer=row.issuer,
                client_id=row.client_id,
                auth_method=ProviderAuthMethod[AuthMethod(row.auth_method).name],
                scopes=list(row.scopes),
                sign_up=row.sign_up,
                trusts_acr=row.trusts_acr,
                enabled=row.is_active,
                role_rules=[ProviderRoleRule(**rule) for rule in row.role_rules],
            )
            for row in registry.everyone()
        ]
