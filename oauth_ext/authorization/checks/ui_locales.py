"""The language that the pages speak (OIDC Core §3.1.2.1; BCP 47)."""

from django.utils.translation import get_supported_language_variant

from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application
from oauth_ext.parameters import Parameters

MOST = 10  # languages that are looked at: nobody speaks more


def check_ui_locales(parameters: Parameters, _client: Application, asked: Asked) -> None:
    """Keep the first of `ui_locales` that we speak; it is a wish, so others are passed over."""
    for tag in (parameters.get("ui_locales") or "").split()[:MOST]:
        try:
            asked.language = get_supported_language_variant(tag.lower())
        except (LookupError, ValueError):
            continue
        return
