"""What is done to signing keys: one mutation a file."""

import strawberry

from graph.keys.mutations.mark_key_compromised import mark_key_compromised
from graph.keys.mutations.rotate_signing_keys import rotate_signing_keys


@strawberry.type
class KeyMutations:
    """The part of `Mutation` about signing keys."""

    rotate_signing_keys = rotate_signing_keys
    mark_key_compromised = mark_key_compromised
