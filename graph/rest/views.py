"""The one view behind all REST paths: read the variables, run the operation, unwrap, look the code up."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from graphql import GraphQLFormattedError

from graph.errors import Code, GraphError, ScopeMissing, code_of, in_words_of_rest, over_http
from graph.execution import Answer, run
from graph.http import JSON, json_response, require_method
from graph.rest.body import read_variables
from graph.rest.routes import Route
from graph.viewer import Context
from oauth_ext.dpop.services import offers_nonce


def view(route: Route) -> Callable[[HttpRequest], HttpResponse]:
    """Return the view of a route."""

    @csrf_exempt  # no cookie is looked at, so there is nothing to forge
    @offers_nonce
    def serve(request: HttpRequest) -> HttpResponse:
        try:
            require_method(request, *route.methods)
            variables = read_variables(request, route.variables) if request.method == "POST" else {}
        except GraphError as error:
            return _refusal(error.formatted)
        context = Context(request)
        return _respond(route, run(route.document, context, variables), context)

    return serve


def _respond(route: Route, answer: Answer, context: Context) -> HttpResponse:
    """Answer with the first error that is not about a member; members that are null, withheld or not, are left out.

    A field that is null without an error is what a token without a user gets: here that is too little scope.
    """
    for error in answer.errors:
        if not _leaves_a_member_out(error):
            return _refusal(error)
    data = answer.data or {}
    if None in data.values():
        return _refusal(ScopeMissing(auth_scheme=context.viewer.token_type).formatted)
    body = data[route.unwrap] if route.unwrap else data
    assert isinstance(body, dict)  # noqa: S101 - objects unwrap to objects: the route's operation is validated
    return json_response({name: value for name, value in body.items() if value is not None}, 200, JSON, {})


def _leaves_a_member_out(error: GraphQLFormattedError) -> bool:
    return code_of(error) is Code.INSUFFICIENT_SCOPE and len(error.get("path", ())) > 1


def _refusal(error: GraphQLFormattedError) -> HttpResponse:
    status, headers = over_http(error)
    return json_response(in_words_of_rest(error), status, JSON, headers)
