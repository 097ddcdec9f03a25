"""What is typed on the pages of signing in, in our words."""

from typing import ClassVar

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from django import forms
from django.utils.translation import gettext_lazy as _

from idp.users import invitations
from idp.users.models import Invitation, User

NAME_MAX_LENGTH = 320  # the longest e-mail address (RFC 5321 §4.5.3.1), above the longest username


class SignInForm(allauth.LoginForm):
    """Name and password."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        missing = {"required": _("Type your username or e-mail address.")}
        self.fields["login"] = forms.CharField(max_length=NAME_MAX_LENGTH, error_messages=missing)
        _ask_for_password(self)


class SignUpForm(allauth.SignupForm):
    """A name, an address and a password for a new account.

    Whether the address is known to us is never looked for, so the page can't tell. A name with an `@` might be
    somebody's address, and would be taken for a sign-in under it before theirs.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        wrong = _("Type an e-mail address, such as name@example.com.")
        self.fields["username"].error_messages["required"] = _("Choose a username.")
        self.fields["email"].error_messages |= {"required": wrong, "invalid": wrong}
        self.fields["password1"].error_messages["required"] = _("Choose a password.")

    def clean_username(self) -> str:
        """Return the name, if it is made of what names are made of; whether it is free the database says."""
        return clean_username(self.cleaned_data["username"])

    def validate_unique_email(self, value: str) -> str:
        """Return the address: several people may give the same, as long as it is nobody's."""
        return value


class PasskeySignUpForm(SignUpForm):
    """The same without a password: one that was typed counts for nothing."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].required = False

    def clean_password1(self) -> str:
        """Return none."""
        return ""


class VerifyForm(forms.Form):
    """The code from the mail."""

    code = forms.CharField(max_length=64, error_messages={"required": _("Type the code from the mail.")})


class InvitedForm(forms.Form):
    """A name and a password for the account that somebody is invited to; by what invitation the page says."""

    invitation: Invitation
    username = forms.CharField(max_length=150, error_messages={"required": _("Choose a username.")})
    password1 = forms.CharField(strip=False, error_messages={"required": _("Choose a password.")})

    def clean_username(self) -> str:
        """Return the name, if it is made of what names are made of; whether it is free the database says."""
        return clean_username(self.cleaned_data["username"])

    def clean_password1(self) -> str:
        """Return the password, if it is none that is easily guessed from what else is known."""
        person = User(username=self.cleaned_data.get("username", ""), email=self.invitation.email)
        password: str = get_adapter().clean_password(self.cleaned_data["password1"], user=person)
        return password

    def save(self) -> User:
        """Add the person. Raises NameTaken, InvitationOver."""
        typed = self.cleaned_data
        return invitations.accept(self.invitation, typed["username"], typed["password1"])


class ProveForm(allauth.ReauthenticateForm):
    """The password of whoever is signed in."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_password(self)


class ResetForm(forms.Form):
    """Where a link goes."""

    wrong: ClassVar = _("Type an e-mail address, such as name@example.com.")
    email = forms.EmailField(max_length=NAME_MAX_LENGTH, error_messages={"required": wrong, "invalid": wrong})


def clean_username(typed: str) -> str:
    """Return a name that somebody chose, if it is made of what names are made of. Raises ValidationError."""
    name: str = get_adapter().clean_username(typed, shallow=True)
    if "@" in name:
        raise forms.ValidationError(_("A username holds no @."))
    return name


def _ask_for_password(form: forms.Form) -> None:
    form.fields["password"].error_messages["required"] = _("Type your password.")
