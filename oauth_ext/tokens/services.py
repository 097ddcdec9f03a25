"""What the rooms above call of tokens."""

from oauth_ext.tokens.acting import acting_person
from oauth_ext.tokens.introspection import Question as IntrospectionQuestion
from oauth_ext.tokens.judging import Judged, judge
from oauth_ext.tokens.making import Wanted as WantedToken
from oauth_ext.tokens.making import make as make_personal
from oauth_ext.tokens.presented import judge_request
from oauth_ext.tokens.revocation import revoke, revoke_judged

__all__ = [
    "IntrospectionQuestion",
    "Judged",
    "WantedToken",
    "acting_person",
    "judge",
    "judge_request",
    "make_personal",
    "revoke",
    "revoke_judged",
]
