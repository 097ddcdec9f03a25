"""What is typed on the pages of signing in, in our words."""

from typing import ClassVar

from allauth.account import forms as allauth
from django import forms
from django.utils.translation import gettext_lazy as _

NAME_MAX_LENGTH = 320  # the longest e-mail address (RFC 5321 §4.5.3.1), above the longest username


class SignInForm(allauth.LoginForm):
    """Name and password."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        missing = {"required": _("Type your username or e-mail address.")}
        self.fields["login"] = forms.CharField(max_length=NAME_MAX_LENGTH, error_messages=missing)
        _ask_for_password(self)


class ProveForm(allauth.ReauthenticateForm):
    """The password of whoever is signed in."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_password(self)


class ResetForm(forms.Form):
    """Where a link goes."""

    wrong: ClassVar = _("Type an e-mail address, such as name@example.com.")
    email = forms.EmailField(max_length=NAME_MAX_LENGTH, error_messages={"required": wrong, "invalid": wrong})


def _ask_for_password(form: forms.Form) -> None:
    form.fields["password"].error_messages["required"] = _("Type your password.")
