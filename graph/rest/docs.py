"""The REST paths for people: a page written from the OpenAPI document, from which a request can be sent."""

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from graph.rest.openapi import description


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """`GET /api/docs/`: the page, the same for everybody. What is sent from it is sent by the browser."""
    return render(request, "graph/docs.html", {"document": orjson.loads(description(settings.ISSUER_URL))})
