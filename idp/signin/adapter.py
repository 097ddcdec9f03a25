"""Where allauth's flows meet our rooms: its one extension point."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from typing_extensions import override

from idp.factors.services import has_second_factor
from idp.sessions import services as sessions
from idp.signin import mail, methods, reason
from idp.signin.pages import SEE_OTHER
from idp.users import passwords
from idp.users import services as users
from idp.users.errors import AccountGone
from idp.users.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Signs in by our sessions, limits by our limiter, and mails by the outbox."""

    @override
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether people may make themselves an account."""
        return settings.SIGN_UP

    @override
    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Start a session of ours by what was proved, under a new key for the cookie; why it was asked for is over."""
        person = _ours(user)
        shown = methods.proved(request, person)
        methods.begin(request)
        try:
            sessions.start(request, person, amr=shown.amr, acr=shown.acr)
        except AccountGone:
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_login"), status=SEE_OTHER)) from None
        reason.forget(request)

    @override
    def get_login_stages(self) -> list[str]:
        """Name what comes before that: what allauth's own would ask for is asked for elsewhere."""
        return ["idp.signin.stages.SecondFactorStage"]

    @override
    def logout(self, request: HttpRequest) -> None:
        """End the session of ours."""
        sessions.end_current(request)

    @override
    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        """Return a password that somebody chose, if it may be theirs; raises ValidationError with what is wrong."""
        own = isinstance(user, User) and not user._state.adding and has_second_factor(user.pk)
        if sentence := passwords.problem(password, second_factor=own, about=passwords.about_user(user)):
            raise ValidationError(sentence, code="bad_password")
        return password

    @override
    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Set a password by the service that ends what was made under the old one."""
        users.set_password(_ours(user), password)

    @override
    def is_ajax(self, request: HttpRequest) -> bool:
        """Answer everybody with the page: what allauth would answer a script repeats the password that was typed."""
        return False

    @override
    def is_safe_url(self, url: str) -> bool:
        """Whether the browser may be sent there: to a path of ours."""
        return url.startswith("/") and bool(super().is_safe_url(url))

    @override
    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link in a reset mail: at the configured issuer, whatever Host the request named."""
        uid, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        return f"{settings.ISSUER_URL}{path}"

    @override
    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """Leave a mail to the outbox, sealed, signed with the name of the service: the worker sends it."""
        message = self.render_mail(template_prefix, email, context)
        body = f"{str(message.body).strip()}\n\n{settings.THEME_NAME}\n"
        mail.put(list(message.to), str(message.subject), body, id=str(context.get("mail_id", "")))

    @override
    def add_message(self, *_message: object, **_options: object) -> None:
        """Say nothing besides the page: it tells what happened."""


def _ours(user: AbstractBaseUser) -> User:
    if not isinstance(user, User):
        raise TypeError("not a user of ours")
    return user
