"""How the person is to be asked (OIDC Core §3.1.2.1, Initiating User Registration §4.1)."""

import re

from django.conf import settings

from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application
from oauth_ext.errors import InvalidRequest
from oauth_ext.parameters import Parameters

PROMPTS = ("none", "login", "consent", "select_account")
NAME = re.compile(r"[a-z_]{1,32}")


def prompts() -> tuple[str, ...]:
    """Return the prompts we know: `create` where people may sign up by themselves."""
    return (*PROMPTS, "create") if settings.SIGN_UP else PROMPTS


def check_prompt(parameters: Parameters, _client: Application, asked: Asked) -> None:
    """Keep the prompts; `none` stands alone, and one that we don't know is refused by its name."""
    prompt = (parameters.get("prompt") or "").split()
    for unknown in [name for name in prompt if name not in prompts()]:
        named = f" {unknown}" if NAME.fullmatch(unknown) else ""
        raise InvalidRequest(f"The prompt{named} is not supported; supported are {', '.join(prompts())}.")
    if "none" in prompt and len(prompt) > 1:
        raise InvalidRequest("prompt=none goes with no other prompt.")
    asked.prompt = prompt
