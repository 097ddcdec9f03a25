"""Mail, sent by the worker: subscribed to the outbox. Each in text, and the same in HTML, made from the text.

What is kept for the worker is the text alone. Nothing in the HTML is fetched from anywhere.
"""

import re
import uuid
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import get_language

from idp.outbox import services as outbox

TOPIC: Final = "mail"
CODE: Final = re.compile(r"[A-Z]{4}-[A-Z]{4}")


def put(to: list[str], subject: str, body: str, *, id: str = "") -> None:  # noqa: A002 - the payload's word
    """Leave a mail to the outbox, sealed; it gets its `Message-ID` here, so that trying again is no other mail.

    `id` is for whoever may be run twice for the same mail, and knows it by a name that stays.
    """
    known = id or str(uuid.uuid4())
    outbox.put(TOPIC, {"id": known, "to": to, "subject": subject, "body": body, "language": get_language() or ""})


def send(payload: dict[str, object]) -> None:
    """Send one message; what goes wrong is tried again by the outbox."""
    to = payload["to"]
    # A message that an older release left has neither an id nor a language; what it says names it just as well.
    known = payload.get("id") or uuid.uuid5(uuid.NAMESPACE_URL, f"{to}\n{payload['subject']}\n{payload['body']}")
    recipients = [str(address) for address in to] if isinstance(to, list) else [str(to)]
    subject, body = str(payload["subject"]), str(payload["body"])
    headers = {
        "Auto-Submitted": "auto-generated",  # RFC 3834 §5: nobody's holiday notice answers it
        "Message-ID": f"<{known}@{urlsplit(settings.ISSUER_URL).hostname}>",
    }
    message = EmailMultiAlternatives(subject, body, to=recipients, headers=headers)
    message.attach_alternative(html(subject, body, str(payload.get("language", ""))), "text/html")
    message.send()


def html(subject: str, body: str, language: str) -> str:
    """Return a mail's text as a page: its paragraphs, a link that can be pressed, a code that can be read."""
    paragraphs = [_paragraph(text.strip()) for text in re.split(r"\n\s*\n", body) if text.strip()]
    told = {"subject": subject, "paragraphs": paragraphs, "language": language or settings.LANGUAGE_CODE}
    return render_to_string("account/email/page.html", told)


def _paragraph(text: str) -> dict[str, str]:
    if text.startswith(f"{settings.ISSUER_URL}/") and not re.search(r"\s", text):
        return {"link": text}
    return {"code": text} if CODE.fullmatch(text) else {"text": text}
