"""What is done to roles: one mutation a file."""

import strawberry

from graph.roles.mutations.create_role import create_role
from graph.roles.mutations.delete_role import delete_role
from graph.roles.mutations.update_role import update_role


@strawberry.type
class RoleMutations:
    """The part of `Mutation` about roles."""

    create_role = create_role
    update_role = update_role
    delete_role = delete_role
