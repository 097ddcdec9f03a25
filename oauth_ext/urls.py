"""The paths of the authorization server: every route is named here, none comes with DOT."""

from django.urls import path

from oauth_ext import views

urlpatterns = [
    path("o/token/", views.TokenView.as_view(), name="token"),
    path("o/revoke_token/", views.RevokeTokenView.as_view(), name="revoke_token"),
    path("o/introspect/", views.IntrospectView.as_view(), name="introspect"),
    path("o/userinfo/", views.UserInfoView.as_view(), name="userinfo"),
]
