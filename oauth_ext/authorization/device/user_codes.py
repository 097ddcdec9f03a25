"""The code that a person types to let a device in (RFC 8628 §6.1)."""

from functools import partial
from typing import Final

from idp.ops import typed_codes
from idp.ops.typed_codes import ALPHABET, LENGTH, new, read, shown

__all__ = ["ALPHABET", "LENGTH", "keep", "kept_as", "new", "read", "shown"]

PURPOSE: Final = "device user code"

keep = partial(typed_codes.keep, purpose=PURPOSE)
kept_as = partial(typed_codes.kept_as, purpose=PURPOSE)
