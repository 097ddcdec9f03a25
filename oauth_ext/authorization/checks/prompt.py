"""How the person is to be asked (OIDC Core §3.1.2.1)."""

from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application
from oauth_ext.errors import InvalidRequest
from oauth_ext.parameters import Parameters

PROMPTS = ("none", "login", "consent", "select_account")


def check_prompt(parameters: Parameters, _client: Application, asked: Asked) -> None:
    """Keep the prompts; `none` stands alone."""
    prompt = (parameters.get("prompt") or "").split()
    if not set(prompt) <= set(PROMPTS):
        raise InvalidRequest(f"The parameter prompt may hold {', '.join(PROMPTS)}.")
    if "none" in prompt and len(prompt) > 1:
        raise InvalidRequest("prompt=none goes with no other prompt.")
    asked.prompt = prompt
