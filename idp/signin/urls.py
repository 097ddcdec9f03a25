"""The pages of signing in, each named here; allauth's others are not mounted. The names are allauth's own."""

from django.urls import path, re_path

from idp.signin import invitations, views

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("accounts/login/", views.SignInView.as_view(), name="account_login"),
    path("accounts/signup/", views.SignUpView.as_view(), name="account_signup"),
    path("accounts/logout/", views.SignOutView.as_view(), name="account_logout"),
    path("accounts/switch/", views.SwitchView.as_view(), name="account_switch"),
    path("accounts/invitation/", invitations.InvitationView.as_view(), name="invitation"),
    path("accounts/invitation/<str:key>/", invitations.InvitationLinkView.as_view(), name="invitation_link"),
    path("accounts/password/reset/", views.ResetPasswordView.as_view(), name="account_reset_password"),
    path("accounts/password/reset/done/", views.ResetPasswordDoneView.as_view(), name="account_reset_password_done"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.SetPasswordView.as_view(),
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        views.PasswordSetView.as_view(),
        name="account_reset_password_from_key_done",
    ),
]
