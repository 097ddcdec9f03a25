"""DOT's own paths, and its keys and metadata where ours are."""

from django.urls import include, path
from oauth2_provider.views.oidc import ConnectDiscoveryInfoView, JwksInfoView

urlpatterns = [
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path(".well-known/jwks.json", JwksInfoView.as_view()),
    path(".well-known/openid-configuration", ConnectDiscoveryInfoView.as_view()),
]
