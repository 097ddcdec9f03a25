"""The pages of signing in, each named here; allauth's others are not mounted. The names are allauth's own."""

from django.urls import path, re_path

from idp.signin import (
    factors,
    first_passkey,
    identities,
    invitations,
    newcomers,
    passkeys,
    password_change,
    providers,
    second_factor,
    signing_up,
    views,
)

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("accounts/login/", views.SignInView.as_view(), name="account_login"),
    path("accounts/signup/", signing_up.SignUpView.as_view(), name="account_signup"),
    path("accounts/signup/passkey/", first_passkey.FirstPasskeyView.as_view(), name="first_passkey"),
    path(
        "accounts/signup/passkey/options/",
        first_passkey.FirstPasskeyOptionsView.as_view(),
        name="first_passkey_options",
    ),
    path("accounts/verify-email/", signing_up.VerifyEmailView.as_view(), name="verify_email"),
    path("accounts/logout/", views.SignOutView.as_view(), name="account_logout"),
    path("accounts/switch/", views.SwitchView.as_view(), name="account_switch"),
    path("accounts/second-factor/", second_factor.SecondFactorView.as_view(), name="second_factor"),
    path("accounts/passkeys/options/", passkeys.OptionsView.as_view(), name="passkey_options"),
    path("accounts/factors/", factors.FactorsView.as_view(), name="factors"),
    path("accounts/factors/app/", factors.AppView.as_view(), name="factors_app"),
    path("accounts/factors/app/remove/", factors.RemoveAppView.as_view(), name="factors_app_remove"),
    path("accounts/factors/passkeys/add/", factors.AddPasskeyView.as_view(), name="factors_passkey_add"),
    path("accounts/factors/passkeys/options/", factors.NewPasskeyOptionsView.as_view(), name="factors_passkey_options"),
    path("accounts/factors/passkeys/<int:pk>/", factors.PasskeyView.as_view(), name="factors_passkey"),
    path(
        "accounts/factors/passkeys/<int:pk>/remove/", factors.RemovePasskeyView.as_view(), name="factors_passkey_remove"
    ),
    path("accounts/factors/recovery-codes/", factors.RecoveryCodesView.as_view(), name="factors_codes"),
    path("accounts/sign-out-elsewhere/", factors.SignOutElsewhereView.as_view(), name="sign_out_elsewhere"),
    path("accounts/identities/", identities.IdentitiesView.as_view(), name="identities"),
    path("accounts/identities/link/<str:name>/", identities.LinkView.as_view(), name="identity_link"),
    path("accounts/identities/<int:pk>/unlink/", identities.UnlinkView.as_view(), name="identity_unlink"),
    path("accounts/providers/<str:name>/", providers.StartView.as_view(), name="provider"),
    path("accounts/providers/<str:name>/callback/", providers.CallbackView.as_view(), name="provider_callback"),
    path("accounts/providers/<str:name>/new/", newcomers.NewcomerView.as_view(), name="provider_newcomer"),
    path("accounts/providers/<str:name>/jwks.json", providers.KeysView.as_view(), name="provider_keys"),
    path("accounts/invitation/", invitations.InvitationView.as_view(), name="invitation"),
    path("accounts/invitation/<str:key>/", invitations.InvitationLinkView.as_view(), name="invitation_link"),
    path(".well-known/change-password", password_change.well_known, name="change_password"),
    path("accounts/password/change/", password_change.ChangePasswordView.as_view(), name="password_change"),
    path("accounts/password/change/done/", password_change.ChangedView.as_view(), name="password_changed"),
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
