"""The machine endpoints: each reads the request, calls one service, and answers."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import View
from oauth2_provider.views.base import RevokeTokenView as DOTRevokeTokenView
from oauth2_provider.views.base import TokenView as DOTTokenView
from typing_extensions import override

from idp.ratelimit.addresses import client_address, client_network
from idp.ratelimit.limits import METADATA_DOCUMENTS, PUSHED_REQUESTS, REGISTRATIONS
from oauth_ext import limits
from oauth_ext.authorization import pushed
from oauth_ext.authorization.device import request as device
from oauth_ext.claims.services import userinfo
from oauth_ext.clients.services import authenticate
from oauth_ext.dpop.services import offer_nonce
from oauth_ext.errors import InsufficientScope, OAuthError
from oauth_ext.grants.request import TokenRequest
from oauth_ext.parameters import Parameters, read_form, read_json
from oauth_ext.registration import documents
from oauth_ext.registration import services as registration
from oauth_ext.registration.tokens import presented
from oauth_ext.responses import NO_STORE, answer, refusal, unauthenticated
from oauth_ext.tokens import services as tokens


class Refusing(View):
    """Turns what the rooms raise into the RFC's answer, and counts failures, in one place.

    `at_resource` where an access token opens.
    """

    at_resource = False

    @override
    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer, or refuse; either brings the nonce for the next proof to whoever sent one."""
        try:
            limits.refuse_guessers(request)
            # past the decorators of DOT's views, which are made anew at each request
            response = View.dispatch(self, request, *args, **kwargs)
        except OAuthError as error:
            response = refusal(limits.count(request, error), at_resource=self.at_resource)
        offer_nonce(request, response)
        return response

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


def learn(request: HttpRequest, parameters: Parameters) -> None:
    """Know the client as it describes itself now, where it is a URL, before it begins something."""
    documents.learn(parameters.get("client_id"), lambda: limits.count_asked(request, METADATA_DOCUMENTS))


def bearer(request: HttpRequest) -> str | None:
    """Return the token that opens a registration, or None; raises `InvalidRegistrationToken` for what can't be one."""
    return presented(request.META.get("HTTP_AUTHORIZATION", ""))


class PushedAuthorizationRequestView(Refusing):
    """`POST /o/par/` (RFC 9126)."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep a client's request, and say under which name the browser may bring it."""
        parameters = form(request)
        learn(request, parameters)
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
        learn(request, asked.parameters)
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
        question = tokens.IntrospectionQuestion(parameters.get("token") or "")
        client = authenticate(parameters, request.META.get("HTTP_AUTHORIZATION"), ask=question.ask)
        parameters.require("token")
        told = question.answer(client)
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


class RegistrationDoor(Refusing):
    """Opens where clients may register at all."""

    @override
    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer as if there were nothing here, where nobody may register."""
        if settings.DYNAMIC_REGISTRATION == "off":
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class RegistrationView(RegistrationDoor):
    """`POST /o/register/` (RFC 7591 §3)."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Register a client."""
        limits.count_asked(request, REGISTRATIONS)
        return answer(registration.register(read_json(request), bearer(request)), 201)


class ClientConfigurationView(RegistrationDoor):
    """`GET, PUT, DELETE /o/register/<client_id>/` (RFC 7592 §2)."""

    http_method_names = ["get", "put", "delete", "options"]

    def get(self, request: HttpRequest, client_id: str) -> HttpResponse:
        """Say what is registered."""
        return answer(registration.show(client_id, bearer(request)))

    def put(self, request: HttpRequest, client_id: str) -> HttpResponse:
        """Register anew."""
        limits.count_asked(request, REGISTRATIONS)
        return answer(registration.update(client_id, read_json(request), bearer(request)))

    def delete(self, request: HttpRequest, client_id: str) -> HttpResponse:
        """Take the client back."""
        registration.delete(client_id, bearer(request))
        return HttpResponse(status=204, headers=NO_STORE)
