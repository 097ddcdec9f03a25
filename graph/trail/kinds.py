"""The kinds of events, named as they are written down."""

from enum import Enum

import strawberry


@strawberry.enum(description="What happened. Names are never changed, but more may come.")
class AuditEventKind(Enum):
    """Those of `idp.audit.models.Event`."""

    SIGNED_IN = strawberry.enum_value("signed_in", description="Somebody signed in, in a browser.")
    SIGNED_IN_AGAIN = strawberry.enum_value(
        "signed_in_again", description="Somebody who was signed in proved again who they are."
    )
    SIGN_IN_FAILED = strawberry.enum_value(
        "sign_in_failed",
        description="A password was wrong, the name was nobody's, or another provider's answer proved nothing.",
    )
    SESSION_ENDED = strawberry.enum_value("session_ended", description="A sign-in ended, by an act or by its age.")
    USER_CREATED = strawberry.enum_value("user_created", description="An account was made.")
    USER_INVITED = strawberry.enum_value("user_invited", description="Somebody was invited to make an account.")
    INVITATION_REVOKED = strawberry.enum_value("invitation_revoked", description="An invitation was taken back.")
    INVITATION_ACCEPTED = strawberry.enum_value(
        "invitation_accepted", description="An account was made by the link of an invitation."
    )
    PROFILE_CHANGED = strawberry.enum_value("profile_changed", description="A name was changed.")
    EMAIL_ADDED = strawberry.enum_value(
        "email_added", description="An e-mail address was added to an account, not proved yet."
    )
    EMAIL_VERIFIED = strawberry.enum_value("email_verified", description="An e-mail address was shown to be theirs.")
    EMAIL_MADE_PRIMARY = strawberry.enum_value(
        "email_made_primary", description="The account's own e-mail address was changed for another one of theirs."
    )
    EMAIL_REMOVED = strawberry.enum_value("email_removed", description="An e-mail address was removed from an account.")
    PASSWORD_SET = strawberry.enum_value(
        "password_set", description="A password was set; what was made under the old one ended."
    )
    PASSWORD_RESET_SENT = strawberry.enum_value(
        "password_reset_sent",
        description="A link by which a person sets a new password themselves was mailed to them, at somebody's wish.",
    )
    FACTOR_ADDED = strawberry.enum_value(
        "factor_added", description="A person added an authenticator app or a passkey."
    )
    FACTOR_REMOVED = strawberry.enum_value("factor_removed", description="One of them was removed.")
    FACTOR_REFUSED = strawberry.enum_value(
        "factor_refused", description="A second factor was wrong, or a passkey looked like a copy."
    )
    RECOVERY_CODES_MADE = strawberry.enum_value(
        "recovery_codes_made", description="A person got new recovery codes; those from before are dead."
    )
    RECOVERY_CODE_USED = strawberry.enum_value("recovery_code_used", description="A recovery code was used to sign in.")
    IDENTITY_LINKED = strawberry.enum_value(
        "identity_linked", description="Who somebody is at another provider was linked to their account."
    )
    IDENTITY_UNLINKED = strawberry.enum_value("identity_unlinked", description="Such a link was taken back.")
    ROLE_SET = strawberry.enum_value("role_set", description="A role was given.")
    ROLE_CREATED = strawberry.enum_value("role_created", description="A role was made.")
    ROLE_CHANGED = strawberry.enum_value("role_changed", description="What a role allows, or is for, was changed.")
    ROLE_REMOVED = strawberry.enum_value("role_removed", description="A role that nobody had was removed.")
    USER_DEACTIVATED = strawberry.enum_value(
        "user_deactivated", description="An account was switched off; all it held ended."
    )
    USER_ACTIVATED = strawberry.enum_value("user_activated", description="An account was switched on again.")
    SIGNED_OUT_EVERYWHERE = strawberry.enum_value(
        "signed_out_everywhere", description="Every sign-in, grant and token of a person was ended."
    )
    DELETION_ASKED = strawberry.enum_value(
        "deletion_asked",
        description="A person had their account closed, to be deleted after a while; all it held ended.",
    )
    DELETION_CALLED_OFF = strawberry.enum_value(
        "deletion_called_off", description="They signed in before that, so that the account is kept."
    )
    USER_DELETED = strawberry.enum_value("user_deleted", description="The account was deleted, as they had wanted.")
    CONSENT_GIVEN = strawberry.enum_value("consent_given", description="A person allowed a client something.")
    CONSENT_REVOKED = strawberry.enum_value("consent_revoked", description="What was allowed was taken back.")
    GRANTED = strawberry.enum_value("granted", description="A client got tokens for a person.")
    GRANT_ENDED = strawberry.enum_value("grant_ended", description="A client's tokens for a person were ended.")
    TOKEN_REVOKED = strawberry.enum_value("token_revoked", description="A token that is in no family was ended.")
    TOKEN_EXCHANGED = strawberry.enum_value("token_exchanged", description="A token was exchanged (RFC 8693).")
    TOKEN_EXCHANGE_REFUSED = strawberry.enum_value(
        "token_exchange_refused", description="An exchange of a token was refused."
    )
    IMPERSONATED = strawberry.enum_value(
        "impersonated", description="Somebody who looks after accounts got a token that speaks for a person."
    )
    CLIENT_REGISTERED = strawberry.enum_value("client_registered", description="A client was registered.")
    CLIENT_CHANGED = strawberry.enum_value("client_changed", description="A client's registration was changed.")
    CLIENT_DISABLED = strawberry.enum_value(
        "client_disabled", description="A client was switched off; all it held ended."
    )
    CLIENT_ENABLED = strawberry.enum_value("client_enabled", description="A client was switched on again.")
    CLIENT_TRUST_SET = strawberry.enum_value(
        "client_trust_set", description="It was said whether a client is one of our own."
    )
    CLIENT_SECRET_ADDED = strawberry.enum_value("client_secret_added", description="A client was given another secret.")
    RESOURCE_SET = strawberry.enum_value(
        "resource_set", description="It was said whose a resource is, or that there is no such resource any more."
    )
    PROVIDER_CHANGED = strawberry.enum_value(
        "provider_changed", description="By which other provider people sign in was changed."
    )
    KEY_CHANGED = strawberry.enum_value(
        "key_changed", description="A signing key came, took over, retired, was found compromised, or went."
    )
