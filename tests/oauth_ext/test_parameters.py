"""The one reader of parameters (RFC 6749 §3.1, §3.2)."""

import pytest
from django.test import RequestFactory

from oauth_ext.errors import InvalidRequest
from oauth_ext.parameters import FORM, MAX_BODY_BYTES, MAX_FIELDS, MAX_VALUE_CHARACTERS, decode, read_form


def post(body: bytes, content_type: str = FORM, query: str = ""):
    return RequestFactory().post(f"/o/token/{query}", data=body, content_type=content_type)


def test_reads_a_form():
    parameters = read_form(post(b"scope=openid+caf%C3%A9&resource=a&resource=b&empty=&x=1"))
    assert parameters.get("scope") == "openid café"
    assert parameters.list("resource") == ["a", "b"]
    assert parameters.get("empty") is None
    assert "empty" not in parameters
    assert parameters.get("missing") is None


@pytest.mark.parametrize(
    "body",
    [
        b"code=%00",
        b"co%00de=1",
        b"code=%FF",
        b"code=%ED%A0%80",
        "code=é".encode("latin-1"),
        b"code=" + b"x" * (MAX_VALUE_CHARACTERS + 1),
        b"&".join(b"a%d=1" % number for number in range(MAX_FIELDS + 2)),
        b"x" * (MAX_BODY_BYTES + 1),
    ],
)
def test_refuses_what_is_not_well_formed(body):
    with pytest.raises(InvalidRequest):
        read_form(post(body))


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", "x"])
def test_refuses_another_content_type(content_type):
    with pytest.raises(InvalidRequest):
        read_form(post(b'{"grant_type": "refresh_token"}', content_type))


def test_takes_a_charset_beside_the_content_type():
    assert read_form(post(b"a=1", f"{FORM}; charset=UTF-8")).get("a") == "1"


@pytest.mark.parametrize("name", ["client_secret", "token", "code", "refresh_token", "grant_type", "access_token"])
def test_T30_refuses_secrets_in_the_url(name):
    with pytest.raises(InvalidRequest):
        read_form(post(b"a=1", query=f"?{name}=s"))


def test_T12_repeated_parameters_are_refused_but_for_resource_and_audience():
    decode("resource=a&resource=b&audience=c&audience=d").refuse_repeated()
    with pytest.raises(InvalidRequest):
        decode("scope=a&scope=a").refuse_repeated()
