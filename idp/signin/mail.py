"""Mail, sent by the worker: subscribed to the outbox."""

from django.core.mail import EmailMessage

TOPIC = "mail"


def send(payload: dict[str, object]) -> None:
    """Send one message; what goes wrong is tried again by the outbox."""
    to = payload["to"]
    recipients = [str(address) for address in to] if isinstance(to, list) else [str(to)]
    EmailMessage(str(payload["subject"]), str(payload["body"]), to=recipients).send()
