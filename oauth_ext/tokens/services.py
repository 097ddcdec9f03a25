"""What the rooms above call of tokens."""

from oauth_ext.tokens.introspection import introspect
from oauth_ext.tokens.judging import Judged, judge
from oauth_ext.tokens.presented import judge_request
from oauth_ext.tokens.revocation import revoke, revoke_judged

__all__ = ["Judged", "introspect", "judge", "judge_request", "revoke", "revoke_judged"]
