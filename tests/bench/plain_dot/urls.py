"""DOT's own paths, and its keys where ours are."""

from django.urls import include, path
from oauth2_provider.views.oidc import JwksInfoView

urlpatterns = [
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path(".well-known/jwks.json", JwksInfoView.as_view()),
]
