"""The machine endpoints: each reads the request, calls one service, and answers."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views import View
from oauth2_provider.views.base import RevokeTokenView as DOTRevokeTokenView
from oauth2_provider.views.base import TokenView as DOTTokenView
from typing_extensions import override

from idp.ratelimit.addresses import client_address, client_network
from idp.ratelimit.limits import PUSHED_REQUESTS
from oauth_ext import limits
from oauth_ext.authorization import pushed
from oauth_ext.authorization.device import request as device
from oauth_ext.claims.services import userinfo
from oauth_ext.clients.services import authenticate
from oauth_ext.dpop.services import offers_nonce
from oauth_ext.errors import InsufficientScope, OAuthError
from oauth_ext.grants.request import TokenRequest
from oauth_ext.parameters import Parameters, read_form
from oauth_ext.responses import answer, refusal, unauthenticated
from oauth_ext.tokens import services as tokens


class Refusing(View):
    """Turns what the rooms raise into the RFC's answer, and counts failures, in one place.

    `at_resource` where an access token opens.
    """

    at_resource = False

    @override
    @method_decorator(offers_nonce)
    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer, or refuse; either brings the nonce for the next proof to whoever sent one."""
        try:
            limits.refuse_guessers(request)
            return super().dispatch(request, *args, **kwargs)
        except OAuthError as error:
            return refusal(limits.count(request, error), at_resource=self.at_resource)

    @override
    def http_method_not_allowed(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Answer 405 with `Allow`, in JSON as everything here."""
        response = answer({"error": "invalid_request", "error_description": "The method is not allowed here."}, 405)
        response["Allow"] = ", ".join(name.upper() for name in self.http_method_names)
        return response


def form(request: HttpRequest) -> Parameters:
    """Read a form in which nothing is repeated; raises `InvalidRequest`."""
    parameters = read_form(request)
    parameters.refuse_repeated()
    return parameters


class PushedAuthorizationRequestView(Refusing):
    """`POST /o/par/` (RFC 9126)."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep a client's request, and say under which name the browser may bring it."""
        parameters = form(request)
        client = authenticate(parameters, request.META.get("HTTP_AUTHORIZATION"))
        limits.count_stored(request, PUSHED_REQUESTS, client.client_id)
        return answer(pushed.push(parameters, client), 201)


class TokenView(Refusing, DOTTokenView):
    """`POST /o/token/` (RFC 6749 §3.2). DOT's own would read back an access token's row, and there is none."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Let the grant answer."""
        _, _, body, status = self.get_oauthlib_core().create_token_response(request)  # type: ignore[no-untyped-call]
        return answer(body, status)


class DeviceAuthorizationView(Refusing):
    """`POST /o/device-authorization/` (RFC 8628 §3.1)."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Give a device its codes."""
        asked = TokenRequest.read(request)
        return answer(device.respond(asked, address=client_address(request), origin=client_network(request)))


class RevokeTokenView(Refusing, DOTRevokeTokenView):
    """`POST /o/revoke_token/` (RFC 7009)."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Revoke, and say the same whatever was found."""
        parameters = form(request)
        client = authenticate(parameters, request.META.get("HTTP_AUTHORIZATION"))
        tokens.revoke(parameters.require("token"), client)
        return answer({})


class IntrospectView(Refusing):
    """`POST /o/introspect/` (RFC 7662)."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Say what a token is worth to this caller."""
        parameters = form(request)
        client = authenticate(parameters, request.META.get("HTTP_AUTHORIZATION"))
        told = tokens.introspect(parameters.require("token"), client)
        if not told["active"]:
            limits.count_inactive(request, client.client_id)
        return answer(told)


class UserInfoView(Refusing):
    """`GET, POST /o/userinfo/` (OIDC Core §5.3)."""

    http_method_names = ["get", "post", "options"]
    at_resource = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """Tell the token's client of the token's user, by its scopes."""
        judged = tokens.judge_request(request)
        if judged is None:
            return unauthenticated()
        if judged.user_pk is None or not judged.allows("openid"):
            raise InsufficientScope(scope="openid", auth_scheme=judged.token_type)
        return answer(userinfo(judged))

    post = get
