"""The paths of the authorization server: every route is named here, none comes with DOT."""

from django.urls import path

from oauth_ext import views, well_known
from oauth_ext.authorization import views as authorization
from oauth_ext.authorization.device import views as device
from oauth_ext.logout import views as logout

urlpatterns = [
    path("o/token/", views.TokenView.as_view(), name="token"),
    path("o/introspect/", views.IntrospectView.as_view(), name="introspect"),
    path("o/userinfo/", views.UserInfoView.as_view(), name="userinfo"),
    path(".well-known/openid-configuration", well_known.authorization_server, name="openid-configuration"),
    path(".well-known/oauth-authorization-server", well_known.authorization_server, name="oauth-authorization-server"),
    path(".well-known/oauth-protected-resource", well_known.protected_resource, name="oauth-protected-resource"),
    path(
        ".well-known/oauth-protected-resource/graphql",
        well_known.protected_resource,
        {"path": "/graphql"},
        name="oauth-protected-resource-graphql",
    ),
    path(".well-known/jwks.json", well_known.jwks, name="jwks"),
    path("o/authorize/", authorization.AuthorizationView.as_view(), name="authorize"),
    path("o/par/", views.PushedAuthorizationRequestView.as_view(), name="pushed-authorization-request"),
    path("o/decline/", authorization.DeclineView.as_view(), name="decline"),
    path("o/choose-account/", authorization.ChooseAccountView.as_view(), name="choose-account"),
    path("o/consent/", authorization.ConsentView.as_view(), name="consent"),
    path("o/device/", device.DeviceView.as_view(), name="device"),
    path("o/device/done/", device.DoneView.as_view(), name="device-done"),
    path("o/logout/", logout.LogoutView.as_view(), name="rp-initiated-logout"),
    path("o/logout/confirm/", logout.ConfirmLogoutView.as_view(), name="confirm-logout"),
    path("o/device-authorization/", views.DeviceAuthorizationView.as_view(), name="device-authorization"),
    path("o/revoke_token/", views.RevokeTokenView.as_view(), name="revoke_token"),
    path("o/register/", views.RegistrationView.as_view(), name="register"),
    path("o/register/<str:client_id>/", views.ClientConfigurationView.as_view(), name="client-configuration"),
]
