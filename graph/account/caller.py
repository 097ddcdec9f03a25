"""The person that the token speaks for, for mutations of their own things."""

from graph.account.types import User
from graph.mutations import problem
from graph.payloads import ErrorCode
from graph.viewer import Info
from idp.users import services as users
from idp.users.models import User as UserRow


def row(info: Info) -> UserRow:
    """Return their row, as it is now; raises `Problems` where it speaks for nobody."""
    pk = info.context.viewer.user_pk
    if pk is None:
        raise problem(ErrorCode.NOT_ALLOWED, "This token speaks for nobody.")
    return users.everybody().get(pk=pk)


def shown(info: Info) -> User:
    """Return them as the API shows them now."""
    [user] = User.of_rows([row(info)], info.context.viewer)
    return user
