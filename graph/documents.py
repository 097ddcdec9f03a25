"""Trusted documents: known before anybody sends them, and run by their hash.

They are the stored operations, and those of the manifests that `GRAPHQL_TRUSTED_DOCUMENTS` names.
"""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from graph.errors import Code, GraphError
from graph.execution import Prepared, prepare
from graph.manifest import document_id, read
from graph.operations import TEXTS


def by_id(identifier: str) -> Prepared:
    """Return the trusted document of this identifier; raises `DOCUMENT_NOT_FOUND`."""
    if prepared := TRUSTED.get(identifier):
        return prepared
    raise GraphError(Code.DOCUMENT_NOT_FOUND, "No trusted document has this documentId.", field="documentId")


def is_trusted(text: str) -> bool:
    """Whether a document that came as text is one that could have come by its hash."""
    return document_id(text) in TRUSTED


def load(manifests: list[str]) -> dict[str, Prepared]:
    """Return the trusted documents by their identifiers, parsed and validated.

    `manifests` are files, by their path from the project's root. Raises `ImproperlyConfigured` for one that can't be
    read, and for a document that doesn't fit the schema.
    """
    texts = {document_id(text): text for text in TEXTS.values()}
    for name in manifests:
        try:
            texts |= read(settings.BASE_DIR / name)
        except (OSError, ValueError) as error:
            raise ImproperlyConfigured(f"GRAPHQL_TRUSTED_DOCUMENTS: {name}: {error}") from error
    trusted = {identifier: prepare(text) for identifier, text in texts.items()}
    for identifier, prepared in trusted.items():
        if prepared.errors:
            raise ImproperlyConfigured(f"GRAPHQL_TRUSTED_DOCUMENTS: {identifier}: {prepared.errors[0]['message']}")
    return trusted


TRUSTED = load(settings.GRAPHQL_TRUSTED_DOCUMENTS)
