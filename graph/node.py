"""What can be fetched again by its `id` (Global Object Identification)."""

import strawberry

from graph.access import field, inherited


@strawberry.interface(description="What can be fetched again by its `id`.")
class Node:
    """Its `id` is opaque, and told to whoever was given the object."""

    @field(inherited, "An opaque key.")
    def id(self) -> strawberry.ID:
        """Seal the row's key."""
        raise NotImplementedError
