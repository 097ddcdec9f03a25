"""The page for people who have to wait."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from idp.ratelimit.errors import Limited


def too_many(request: HttpRequest, limited: Limited) -> HttpResponse:
    """Return 429 with `Retry-After` in seconds, and in words the minutes."""
    context = {"minutes": -(-limited.retry_after // 60), "way_back": request.get_full_path()}
    response = render(request, "429.html", context, status=429)
    response["Retry-After"] = str(limited.retry_after)
    return response
