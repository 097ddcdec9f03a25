"""The browser client says of scopes what the server's consent page says."""

import re

from oauth_ext.scopes import BUILT_IN, COMMON, OWN
from tests.stack.gatehouse import ROOT

LINE = re.compile(r"""^  (?:'([a-z:]+)'|([a-z_]+)): '(.+)',$""", re.MULTILINE)


def test_scopes_are_called_the_same():
    written = (ROOT / "spa" / "src" / "account" / "scopes.ts").read_text()
    words = {quoted or plain: said for quoted, plain, said in LINE.findall(written)}
    assert words == {name: BUILT_IN[name] for name in (*COMMON, *OWN)}
