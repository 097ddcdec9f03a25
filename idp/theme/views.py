"""`/theme/…`: colours and logo. Both are named by what is in them, so that browsers keep them."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from idp.theme import stylesheet as stylesheets

YEAR = 365 * 86400


@require_safe
def stylesheet(_request: HttpRequest, name: str) -> HttpResponse:
    """Answer with the custom properties of two accents, for light and for dark pages."""
    text = stylesheets.named(name)
    if text is None:
        raise Http404
    return _kept(text, "text/css; charset=utf-8", stylesheets.digest(text))


@require_safe
def logo(_request: HttpRequest, name: str) -> HttpResponse:
    """Answer with the operator's logo."""
    image = settings.THEME_LOGO
    if image is None or image.name != name:
        raise Http404
    return _kept(image.content, image.type, image.name)


def _kept(content: str | bytes, content_type: str, tag: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type, headers={"ETag": quote_etag(tag)})
    patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    return response
