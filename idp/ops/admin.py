"""Django's admin as we have it: it reads, and whatever it changes goes through a room's services."""

from typing import TYPE_CHECKING, TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from typing_extensions import override

M = TypeVar("M", bound=Model)

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
else:

    class ModelAdmin(admin.ModelAdmin):
        """Takes the parameter that it has for type checkers only."""

        def __class_getitem__(cls, _model):  # noqa: ANN001, ANN204
            """Return the class."""
            return cls


class ReadOnlyAdmin(ModelAdmin[M]):
    """Shows rows, of each the fields in `shown`; `save_model` hands those in `editable` to a service."""

    shown: tuple[str, ...] = ()
    editable: tuple[str, ...] = ()
    list_per_page = 50
    show_full_result_count = False

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> list[str]:
        """Return what is only shown."""
        return [name for name in self.shown if name not in self.editable]

    @override
    def get_fields(self, request: HttpRequest, obj: M | None = None) -> tuple[str, ...]:
        """Return what is shown, as it is listed: what is secret isn't."""
        return self.shown

    @override
    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Let the address filter by what is shown alone: a filter on a secret tells it, a character at a time."""
        allowed: bool = super().lookup_allowed(lookup, value, request)
        return lookup.partition("__")[0] in self.shown and allowed

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say no."""
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Say no: what ends is ended, its row stays."""
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Say yes only where there is something to change, to who may."""
        return bool(self.editable or self.actions) and super().has_change_permission(request, obj)
