"""What one can do about oneself, and who looks after others about them: one mutation a file."""

import strawberry

from graph.account.mutations.add_email import add_email
from graph.account.mutations.begin_authenticator_app import begin_authenticator_app
from graph.account.mutations.change_password import change_password
from graph.account.mutations.confirm_authenticator_app import confirm_authenticator_app
from graph.account.mutations.create_personal_access_token import create_personal_access_token
from graph.account.mutations.create_recovery_codes import create_recovery_codes
from graph.account.mutations.delete_account import delete_account
from graph.account.mutations.end_session import end_session
from graph.account.mutations.end_token_family import end_token_family
from graph.account.mutations.logout import logout
from graph.account.mutations.make_email_primary import make_email_primary
from graph.account.mutations.narrow_consent import narrow_consent
from graph.account.mutations.remove_authenticator_app import remove_authenticator_app
from graph.account.mutations.remove_email import remove_email
from graph.account.mutations.remove_passkey import remove_passkey
from graph.account.mutations.rename_passkey import rename_passkey
from graph.account.mutations.revoke_consent import revoke_consent
from graph.account.mutations.sign_out_everywhere import sign_out_everywhere
from graph.account.mutations.unlink_identity import unlink_identity
from graph.account.mutations.update_profile import update_profile
from graph.account.mutations.verify_email import verify_email


@strawberry.type
class AccountMutations:
    """The part of `Mutation` about a person's own things."""

    logout = logout
    sign_out_everywhere = sign_out_everywhere
    delete_account = delete_account
    end_session = end_session
    end_token_family = end_token_family
    revoke_consent = revoke_consent
    narrow_consent = narrow_consent
    update_profile = update_profile
    add_email = add_email
    verify_email = verify_email
    make_email_primary = make_email_primary
    remove_email = remove_email
    change_password = change_password
    unlink_identity = unlink_identity
    create_personal_access_token = create_personal_access_token
    begin_authenticator_app = begin_authenticator_app
    confirm_authenticator_app = confirm_authenticator_app
    create_recovery_codes = create_recovery_codes
    remove_authenticator_app = remove_authenticator_app
    remove_passkey = remove_passkey
    rename_passkey = rename_passkey
