"""What every template can say of the theme, error pages and mails too, which have no request."""

from django import template
from django.conf import settings
from django.template import Context

from idp.theme import services
from idp.theme.worn import worn

register = template.Library()


@register.simple_tag
def product_name() -> str:
    """Return what the operator calls this service."""
    return settings.THEME_NAME


@register.simple_tag
def logo_url() -> str:
    """Return where the operator's logo lies, or nothing."""
    return services.logo_url()


@register.simple_tag(takes_context=True)
def theme_url(context: Context) -> str:
    """Return where the colours of this page lie, or nothing where they are the usual ones."""
    return services.stylesheet_url(worn(context.get("request")))
