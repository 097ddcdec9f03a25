"""One at a time: whoever changes how somebody signs in, or what they hold, judges it as it is."""

from idp.users.models import User


def locked(user_pk: int) -> User:
    """Return the person as they are now: until the transaction's end others who would change them, or do this, wait.

    Who only writes a row that hangs on them doesn't. It comes before any lock of what is theirs.
    """
    rows = User.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("role").get(pk=user_pk)
