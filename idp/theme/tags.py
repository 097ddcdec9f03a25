"""What every template can say of the theme, error pages and mails too, which have no request."""

from django import template
from django.conf import settings

from idp.theme import services

register = template.Library()


@register.simple_tag
def product_name() -> str:
    """Return what the operator calls this service."""
    return settings.THEME_NAME


@register.simple_tag
def logo_url() -> str:
    """Return where the operator's logo lies, or nothing."""
    return services.logo_url()


@register.simple_tag
def theme_url() -> str:
    """Return where the colours lie, or nothing where they are the usual ones."""
    return services.stylesheet_url()
