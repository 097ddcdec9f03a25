"""Resource servers in Django's admin."""

from django.contrib import admin

from idp.ops.admin import ReadOnlyAdmin
from oauth_ext.resources.models import Resource


@admin.register(Resource)
class ResourceAdmin(ReadOnlyAdmin[Resource]):
    """Shows what tokens may be for, and who may ask what they are worth there."""

    shown = ("uri", "owner", "scopes")
    list_display = ("uri", "owner")
    list_select_related = ("owner",)
    search_fields = ("uri", "owner__client_id")
    ordering = ("uri",)
