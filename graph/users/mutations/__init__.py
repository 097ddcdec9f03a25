"""What is done to people: one mutation a file."""

import strawberry

from graph.users.mutations.activate_user import activate_user
from graph.users.mutations.deactivate_user import deactivate_user
from graph.users.mutations.impersonate import impersonate
from graph.users.mutations.invite_user import invite_user
from graph.users.mutations.revoke_invitation import revoke_invitation
from graph.users.mutations.send_password_reset import send_password_reset
from graph.users.mutations.set_user_role import set_user_role
from graph.users.mutations.sign_out_user import sign_out_user


@strawberry.type
class UserMutations:
    """The part of `Mutation` about other people."""

    set_user_role = set_user_role
    deactivate_user = deactivate_user
    activate_user = activate_user
    sign_out_user = sign_out_user
    send_password_reset = send_password_reset
    impersonate = impersonate
    invite_user = invite_user
    revoke_invitation = revoke_invitation
