"""The paths of the API, each with and without its slash: a redirect would lose a POST."""

from django.urls import path

from graph.rest.docs import docs
from graph.rest.openapi import openapi
from graph.rest.routes import ROUTES
from graph.rest.views import view
from graph.views import graphql

urlpatterns = [path("graphql", graphql, name="graphql"), path("graphql/", graphql)]
for route in ROUTES:
    urlpatterns += [path(f"{route.path}/", view(route), name=route.operation), path(route.path, view(route))]
urlpatterns += [
    path("api/openapi.json", openapi, name="openapi"),
    path("api/docs", docs),
    path("api/docs/", docs, name="api-docs"),
]
