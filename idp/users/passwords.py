"""What a password must be: the one rule behind every door that sets one (NIST SP 800-63B-4 §3.1.1, ASVS 5 V6.2).

Long enough, and nothing that an attacker would try first. Which characters it is made of is nobody's business, it never
grows too old, and what counts is its NFKC form, which `idp.users.hashers` hashes too: one form when set and checked.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from idp.users import breached
from idp.users.errors import BadPassword
from idp.users.models import User

SHORTEST_ALONE: Final = 15  # code points, where nothing else is asked for
SHORTEST_WITH_FACTOR: Final = 8
LONGEST: Final = 1024  # so that nobody keeps the hasher busy with one
SERVICE: Final = "gatehouse"
SHORTEST_WORD: Final = 3  # of what is known about somebody: two letters are in everything
ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1234567890",
    "0123456789",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)


def normalised(typed: str) -> str:
    """Return the form that is judged and hashed, however a keyboard composed it: never cut, nothing left out."""
    return unicodedata.normalize("NFKC", typed)


def folded(password: str) -> str:
    """Return the form in which two passwords are the same guess."""
    return password.casefold()


def check(typed: str, *, second_factor: bool = False, about: Iterable[str] = ()) -> None:
    """Judge a password that somebody chose, of whom `about` holds the names and addresses.

    Raises BadPassword, whose one sentence says what is wrong.
    """
    sentence = problem(typed, second_factor=second_factor, about=about)
    if sentence is not None:
        raise BadPassword(sentence)


def about_user(user: AbstractBaseUser | None) -> tuple[str, ...]:
    """Return the words that an attacker knows of somebody, as `check` takes them."""
    return (user.username, user.email, user.first_name, user.last_name) if isinstance(user, User) else ()


def problem(typed: str, *, second_factor: bool = False, about: Iterable[str] = ()) -> str | None:
    """Return what is wrong with a password in one sentence, or None."""
    if len(typed) > LONGEST or len(password := normalised(typed)) > LONGEST:
        return _("This password is too long: it may have %(most)d characters.") % {"most": LONGEST}
    if not _is_text(password):
        return _("This password holds something that is no character.")
    shortest = SHORTEST_WITH_FACTOR if second_factor else SHORTEST_ALONE
    if len(password) < shortest:
        sentence = ngettext(
            "This password is too short: it needs %(least)d character. Several words do well.",
            "This password is too short: it needs %(least)d characters. Several words do well.",
            shortest,
        )
        return sentence % {"least": shortest}
    guess = folded(password)
    if _repeats(guess) or _is_row(guess):
        return _("This password is one pattern over and over, or a row of keys: choose one that is harder to guess.")
    if _is_made_of(guess, {word for text in (*about, *_of_service()) for word in _words(text)}):
        return _("This password says who or where you are, and little else: choose one that is harder to guess.")
    if breached.contains(guess):
        return _("This password is known to attackers: it was used by others, and leaked. Choose another one.")
    return None


class Rule:
    """The same, as Django asks for it: its own commands (`createsuperuser`), and allauth's forms."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raise ValidationError with the sentence. That there is a second factor is for our own doors to say."""
        if sentence := problem(password, about=about_user(user)):
            raise ValidationError(sentence, code="bad_password")

    def get_help_text(self) -> str:
        """Return what to do, in one sentence."""
        return _("Choose a password of at least %(least)d characters; several words do well.") % {
            "least": SHORTEST_ALONE
        }


def _is_text(password: str) -> bool:
    try:
        password.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in password


def _repeats(guess: str) -> bool:
    """Whether it says a piece over and over that would be too short by itself, the last time perhaps not to its end."""
    return any(
        guess == (guess[:size] * (len(guess) // size + 1))[: len(guess)]
        for size in range(1, min(SHORTEST_WITH_FACTOR, len(guess) // 2 + 1))
    )


def _is_row(guess: str) -> bool:
    """Whether it runs along a row of keys, the alphabet or the digits, forwards or backwards, once or again."""
    steps = {ord(after) - ord(before) for before, after in pairwise(guess)}
    runs = (row * (len(guess) // len(row) + 2) for row in ROWS)
    return steps in ({1}, {-1}) or any(guess in run or guess in run[::-1] for run in runs)


def _of_service() -> tuple[str, ...]:
    return (SERVICE, urlsplit(settings.ISSUER_URL).hostname or "")


def _words(text: str) -> Iterator[str]:
    """Return a name or an address as a whole, and its parts."""
    known = folded(normalised(text))
    for word in {known, *re.split(r"[\W\d_]+", known)}:
        letters = _letters(word)
        if len(letters) >= SHORTEST_WORD:
            yield letters


def _is_made_of(guess: str, words: set[str]) -> bool:
    """Whether nothing is left of it but digits and signs where these words are taken out, in any order, once or again.

    What is left may be two letters.
    """
    letters = _letters(guess)
    if not words or not letters:
        return False
    # the longest first: `alice` alone would leave half of `alicesmith`
    known = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
    return known.search(letters) is not None and len(known.sub("", letters)) < SHORTEST_WORD


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text))
