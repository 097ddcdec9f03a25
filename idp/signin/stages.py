"""What a sign-in passes between the first thing that was proved and the session (allauth's login stages)."""

from typing import Final

from allauth.account.stages import LoginStage, LoginStageController
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from typing_extensions import override

from idp.factors import services as factors
from idp.signin import methods, reason
from idp.users.acr import TWO_FACTORS, meets
from idp.users.models import User

SECOND_FACTOR: Final = "second_factor"


class SecondFactorStage(LoginStage):
    """Whoever has a second factor is asked for it, unless what was proved is as good already."""

    key = SECOND_FACTOR
    urlname = SECOND_FACTOR

    @override
    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Send the browser to the page, or let it pass; what was proved is proved of the user as they are now."""
        user = _user(self)
        if meets(methods.proved(self.request, user).acr, TWO_FACTORS) or not factors.has_second_factor(user.pk):
            return None, True
        self.state["epoch"] = user.epoch
        return HttpResponseRedirect(reason.other_url(self.request, SECOND_FACTOR)), True


def waiting(request: HttpRequest) -> tuple[LoginStage, User] | None:
    """Return the sign-in that waits for a second factor in this browser, and whose it is; None if none does.

    Whoever was switched off, or got another password, since the first one was proved begins again.
    """
    stage = LoginStageController.enter(request, SECOND_FACTOR)
    if stage is None:
        return None
    user = _user(stage)
    if not user.is_open or user.epoch != stage.state.get("epoch"):
        stage.abort()
        return None
    return stage, user


def _user(stage: LoginStage) -> User:
    if not isinstance(stage.login.user, User):
        raise TypeError("a sign-in of nobody")
    return stage.login.user
