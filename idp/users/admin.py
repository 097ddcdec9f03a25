"""People and roles in Django's admin."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from typing_extensions import override

from idp.ops.admin import ReadOnlyAdmin
from idp.users import services
from idp.users.models import Invitation, Role, User


@admin.register(User)
class UserAdmin(ReadOnlyAdmin[User]):
    """Shows people; gives a role, lets in or out. No password is set or shown here, and nobody is made staff."""

    shown = (
        "username",
        "sub",
        "email",
        "first_name",
        "last_name",
        "role",
        "is_active",
        "is_staff",
        "is_superuser",
        "date_joined",
        "last_login",
        "epoch",
        "deletion_due_at",
    )
    editable = ("role", "is_active")
    list_display = ("username", "email", "role", "is_active", "is_staff", "last_login")
    list_filter = ("role", "is_active", "is_staff")
    list_select_related = ("role",)
    search_fields = ("username", "email", "sub")
    ordering = ("username",)
    actions = ("sign_out_everywhere",)

    @override
    def save_model(self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: bool) -> None:
        """Hand what has changed to the services."""
        if "role" in form.changed_data:
            services.set_role(obj, obj.role.name)
        if "is_active" in form.changed_data:
            (services.activate if obj.is_active else services.deactivate)(obj)

    @admin.action(description="Sign out everywhere", permissions=["change"])
    def sign_out_everywhere(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """End every session and token of these people."""
        for user in users:
            services.sign_out_everywhere(user)
        self.message_user(request, f"Signed out everywhere: {len(users)}", messages.SUCCESS)


@admin.register(Role)
class RoleAdmin(ReadOnlyAdmin[Role]):
    """Shows roles."""

    shown = ("name", "description", "scopes")
    list_display = ("name", "description")
    ordering = ("name",)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin[Invitation]):
    """Shows who was invited; no link, of which only a hash is kept."""

    shown = ("email", "role", "invited_by", "created_at", "expires_at", "accepted_at", "revoked_at")
    list_display = ("email", "role", "created_at", "expires_at", "accepted_at", "revoked_at")
    list_select_related = ("role",)
    search_fields = ("email",)
    ordering = ("-pk",)
