"""Django's admin as an app, with our site."""

from django.contrib.admin.apps import SimpleAdminConfig


class AdminConfig(SimpleAdminConfig):
    """Finds no module by itself: DOT's and allauth's would write around our services."""

    default_site = "idp.signin.admin_site.AdminSite"
