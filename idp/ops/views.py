"""The probes' paths."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from idp.ops import probes


@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Say that the process lives; nothing else is asked, or a slow database would have us restarted."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """Say whether we can serve; 503 names the parts that don't work."""
    failing = probes.failing()
    if failing:
        return JsonResponse({"status": "unavailable", "failing": failing}, status=503)
    return JsonResponse({"status": "ok"})
