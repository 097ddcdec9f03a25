"""What the pages for people have in common: never kept by a cache, and a refusal is a page, not a stack trace."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from typing_extensions import override

from idp.ratelimit.errors import Limited
from idp.ratelimit.pages import too_many
from oauth_ext.errors import OAuthError

SEE_OTHER: Final = 303  # never 307, which would send a password on (RFC 9700 §4.12)


@method_decorator(never_cache, name="dispatch")
class Page(View):
    """A view whose `OAuthError`s become pages."""

    http_method_names = ["get", "post"]  # not `head`: looking would answer the request

    @override
    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer, or say what is wrong. Nobody needs to be signed in, as the views of DOT would demand."""
        try:
            return self.answer(request, *args, **kwargs)
        except OAuthError as problem:
            return error_page(request, problem)
        except Limited as limited:
            return too_many(request, limited)

    def answer(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Call the method of the request."""
        return View.dispatch(self, request, *args, **kwargs)


def error_page(request: HttpRequest, problem: OAuthError) -> HttpResponse:
    """Tell the person what the client can't be told; nothing leads from here to an address of the request."""
    context = {"error": problem.error, "description": problem.description}
    return render(request, "oauth_ext/error.html", context, status=problem.status)
