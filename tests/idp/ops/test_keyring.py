"""What is sealed opens for its purpose and its owner, under every key that is configured."""

import pytest

from idp.ops import keyring
from idp.ops.keyring import SealBroken, UnknownKey

OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture(autouse=True)
def two_keys(settings):
    settings.ENCRYPTION_KEYS = [NEW, OLD]


def test_what_was_sealed_opens_and_never_looks_alike():
    first, second = (keyring.seal(b"secret", purpose="p", bound_to="1") for _ in range(2))
    assert first != second
    assert keyring.unseal(first, purpose="p", bound_to="1") == b"secret"


@pytest.mark.parametrize(("purpose", "bound_to"), [("other", "1"), ("p", "2")])
def test_it_opens_for_nothing_else(purpose, bound_to):
    sealed = keyring.seal(b"secret", purpose="p", bound_to="1")
    with pytest.raises(SealBroken):
        keyring.unseal(sealed, purpose=purpose, bound_to=bound_to)


@pytest.mark.parametrize(
    "damage",
    [lambda s: s[:-2] + ("BA" if s.endswith("AA") else "AA"), lambda s: "e2" + s[2:], lambda s: "", lambda s: "é.é.é"],
)
def test_damage_is_one_error(damage):
    with pytest.raises(SealBroken):
        keyring.unseal(damage(keyring.seal(b"secret", purpose="p", bound_to="1")), purpose="p", bound_to="1")


def test_a_new_key_seals_and_the_old_one_still_opens(settings):
    settings.ENCRYPTION_KEYS = [OLD]
    old = keyring.seal(b"secret", purpose="p", bound_to="1")
    (old_id,) = keyring.key_ids()
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert keyring.unseal(old, purpose="p", bound_to="1") == b"secret"
    assert keyring.key_ids()[1] == old_id
    assert keyring.seal(b"secret", purpose="p", bound_to="1").split(".")[1] == keyring.key_ids()[0]
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(SealBroken):
        keyring.unseal(old, purpose="p", bound_to="1")


def test_each_purpose_has_its_own_key_and_none_is_the_key_itself():
    new_id, old_id = keyring.key_ids()
    derived = {keyring.derive(purpose, key) for purpose in "ab" for key in (new_id, old_id)}
    assert len(derived | {NEW, OLD}) == 6
    assert keyring.mac("a", b"m", new_id) != keyring.mac("b", b"m", new_id)
    with pytest.raises(UnknownKey):
        keyring.derive("a", "unknown0")
