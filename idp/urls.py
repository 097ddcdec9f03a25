"""The composition root: every path of the deployment starts here."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.account.urls")),
    path("", include("oauth_ext.urls")),
    path("", include("graph.urls")),
]
