"""What Django's admin shows of this app (`idp.urls` imports it); not the tables that DOT wants and that stay empty."""

from oauth_ext.authorization.device.admin import DeviceGrantAdmin
from oauth_ext.clients.admin import ClientAdmin
from oauth_ext.consents.admin import ConsentAdmin
from oauth_ext.families.admin import FamilyAdmin
from oauth_ext.keys.admin import SigningKeyAdmin
from oauth_ext.registration.admin import InitialAccessTokenAdmin
from oauth_ext.resources.admin import ResourceAdmin

__all__ = [
    "ClientAdmin",
    "ConsentAdmin",
    "DeviceGrantAdmin",
    "FamilyAdmin",
    "InitialAccessTokenAdmin",
    "ResourceAdmin",
    "SigningKeyAdmin",
]
