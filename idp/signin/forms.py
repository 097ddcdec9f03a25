"""What is typed on the pages of signing in, in our words."""

from typing import ClassVar, Final

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from idp.signin.backends import by_password
from idp.users import invitations
from idp.users.models import Invitation, User

MISMATCH: Final = _("This name and password do not go together. Check both and try again.")
NAME_MAX_LENGTH: Final = 320  # the longest e-mail address (RFC 5321 §4.5.3.1), above the longest username


class SignInForm(forms.Form):
    """Name and password; once they are found to go together, `user` is whose they are.

    Raises `Limited` and `Busy`, which the page answers.
    """

    login = forms.CharField(
        max_length=NAME_MAX_LENGTH, error_messages={"required": _("Type your username or e-mail address.")}
    )
    password = forms.CharField(strip=False, error_messages={"required": _("Type your password.")})
    user: User

    def __init__(self, *args: object, request: HttpRequest, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as the page says them
        self.request = request

    @override
    def clean(self) -> None:
        """Try the password, once there is one and a name."""
        if not self.errors:
            typed = self.cleaned_data
            user = by_password(self.request, typed["login"], typed["password"])
            if user is None:
                raise forms.ValidationError(MISMATCH)
            self.user = user


class ProveForm(forms.Form):
    """The password of whoever is signed in. Raises `Limited` and `Busy`, as that of signing in."""

    password = forms.CharField(strip=False, error_messages={"required": _("Type your password.")})

    def __init__(self, *args: object, request: HttpRequest, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as the page says them
        self.request, self.user = request, user

    def clean_password(self) -> str:
        """Return the password, if it is theirs."""
        password = str(self.cleaned_data["password"])
        if by_password(self.request, self.user.username, password) != self.user:
            raise forms.ValidationError(_("This password is not right."))
        return password


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
