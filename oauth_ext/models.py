"""The models of the rooms, and the tables DOT wants to have."""

from oauth2_provider.models import AbstractAccessToken, AbstractIDToken, AbstractRefreshToken

from oauth_ext.authorization.device.models import DeviceGrant
from oauth_ext.authorization.models import AuthorizationCode, AuthorizationRequest
from oauth_ext.claims.models import PairwiseSubject
from oauth_ext.clients.models import Application, ClientSecret
from oauth_ext.consents.models import Consent
from oauth_ext.counts.models import ClientCount
from oauth_ext.families.models import Family
from oauth_ext.keys.models import SigningKey
from oauth_ext.registration.models import InitialAccessToken
from oauth_ext.replay.models import UsedOnce
from oauth_ext.resources.models import Resource
from oauth_ext.tokens.models import RevokedToken

__all__ = [
    "AccessToken",
    "Application",
    "AuthorizationCode",
    "AuthorizationRequest",
    "ClientCount",
    "ClientSecret",
    "Consent",
    "DeviceGrant",
    "Family",
    "IDToken",
    "InitialAccessToken",
    "PairwiseSubject",
    "RefreshToken",
    "Resource",
    "RevokedToken",
    "SigningKey",
    "UsedOnce",
]


class AccessToken(AbstractAccessToken):
    """Stays empty: access tokens are JWTs, their family's row decides; DOT's foreign keys want a table."""

    class Meta(AbstractAccessToken.Meta):
        """Swapped, so that DOT's migrations make no table of their own."""

        swappable = "OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL"


class RefreshToken(AbstractRefreshToken):
    """Stays empty: refresh tokens are computed from their family; DOT imports the model by setting."""

    class Meta(AbstractRefreshToken.Meta):
        """Swapped, so that DOT's migrations make no table of their own."""

        swappable = "OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL"


class IDToken(AbstractIDToken):
    """Stays empty: ID tokens are stateless; DOT's access token points here."""

    class Meta(AbstractIDToken.Meta):
        """Swapped, so that DOT's migrations make no table of their own."""

        swappable = "OAUTH2_PROVIDER_ID_TOKEN_MODEL"
