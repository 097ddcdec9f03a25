"""The composition root: every path of the deployment starts here."""

from importlib import import_module

from django.contrib import admin
from django.urls import include, path

# DOT's and allauth's admins would write around our services: only ours are loaded.
import_module("idp.admin")
import_module("oauth_ext.admin")

urlpatterns = [
    # tried one after the other: first what programs ask thousands of times a second
    path("", include("graph.urls")),
    path("", include("oauth_ext.urls")),
    path("", include("idp.ops.urls")),
    path("", include("idp.signin.urls")),
    path("", include("idp.theme.urls")),
    path("admin/", admin.site.urls),
]
