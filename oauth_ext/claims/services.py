"""What the rooms above call of claims."""

from oauth_ext.claims.id_token import Authentication, id_token
from oauth_ext.tokens.judging import Judged

__all__ = ["BY_SCOPE", "Authentication", "id_token", "userinfo"]

# OIDC Core §5.4, and `roles` of our own: which scope tells what.
BY_SCOPE: dict[str, tuple[str, ...]] = {
    "openid": ("sub",),
    "profile": ("preferred_username", "name", "given_name", "family_name"),
    "email": ("email", "email_verified"),
    "roles": ("role", "roles"),
}


def userinfo(judged: Judged) -> dict[str, object]:
    """Return the claims that the token's effective scopes allow, without those there is nothing to say of."""
    known: dict[str, object] = {
        "sub": judged.sub,
        "preferred_username": judged.username,
        "name": " ".join(filter(None, (judged.first_name, judged.last_name))),
        "given_name": judged.first_name,
        "family_name": judged.last_name,
        "email": judged.email,
        "email_verified": judged.email_verified if judged.email else None,
        "role": judged.role,
        "roles": [judged.role] if judged.role else None,
    }
    names = [name for scope, told in BY_SCOPE.items() if scope in judged.scopes for name in told]
    return {name: known[name] for name in names if known[name] not in (None, "")}
