"""The app of the GraphQL front."""

from importlib import import_module

from django.apps import AppConfig


class GraphConfig(AppConfig):
    """Assembles the schema and reads the stored operations at start-up, so that a wrong one stops the start."""

    name = "graph"
    verbose_name = "GraphQL"

    def ready(self) -> None:
        """Raise here, not at the first request, where a field has no declaration or an operation doesn't validate."""
        import_module("graph.rest.routes")
        import_module("graph.documents")
