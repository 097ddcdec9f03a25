"""What a deployment looks like: a name, a logo and a colour that can be read, or no start."""

import re
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client

from idp import env
from idp.ops.csp_middleware import OF_NO_PAGE
from idp.outbox.services import run_once
from idp.signin import resets
from idp.theme import colours, stylesheet
from idp.theme.logo import read
from idp.theme.services import USUAL

pytestmark = pytest.mark.django_db
CSS = (Path(configured.BASE_DIR) / "idp/static/idp/gatehouse.css").read_text()
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1"/></svg>'
PINK = "#b0005e"


def properties(css: str) -> dict[str, str]:
    return dict(re.findall(r"(--[\w-]+): (#[0-9a-f]+)", css))


def test_the_contrast_is_that_of_WCAG():
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_accents_are_held_against_what_the_stylesheet_puts_them_on():
    light, dark = CSS.split("@media (prefers-color-scheme: dark)")
    names = ("--background", "--surface", "--note-surface")
    assert [long(properties(light)[name]) for name in names] == list(colours.LIGHT)
    assert [long(properties(dark)[name]) for name in names] == list(colours.DARK)
    assert properties(light)["--accent"] == USUAL


def long(colour: str) -> str:
    return "#" + "".join(2 * digit for digit in colour[1:]) if len(colour) == 4 else colour


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("THEME_ACCENT", "#ffcc00", "THEME_ACCENT: #ffcc00 on #eef1fc of the light pages has a contrast of 1.34:1"),
        ("THEME_ACCENT", "#757575", "less than 4.5:1"),
        ("THEME_ACCENT_DARK", "#3454d1", "of the dark pages has a contrast of 2.24:1, less than 4.5:1"),
        ("THEME_ACCENT", "red", "not a colour"),
        ("THEME_ACCENT", "#fff", "not a colour"),
        ("THEME_ACCENT", "#00000080", "not a colour"),
        ("THEME_ACCENT", "#000000;}body{display:none", "not a colour"),
        ("THEME_ACCENT", "#000000\n", "not a colour"),
        ("THEME_NAME", "a" * 61, "1 to 60 printable characters"),
        ("THEME_NAME", "Acme\r\nBcc: eve@example.com", "1 to 60 printable characters"),
        ("THEME_LOGO", "https://elsewhere.example/logo.gif", "not a path that ends in"),
        ("THEME_LOGO", "https://elsewhere.example/logo.png", "can't be read"),
        ("THEME_LOGO", "nothing-here.svg", "can't be read"),
    ],
)
def test_what_could_not_be_read_stops_the_start(monkeypatch, name, value, why):
    monkeypatch.setenv("ENV_FILE", "")
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as refused:
        env.load()
    assert str(refused.value).startswith(f"Gatehouse does not start. {name}: ")
    assert why in str(refused.value)


@pytest.mark.parametrize("accent", ["#3454d1", PINK, "#0a6b3d", "#000000", "#5b3a00", "#00007f"])
def test_what_follows_from_an_accent_can_be_read_too(accent):
    assert colours.problem(accent) == ""
    dark = colours.for_dark(accent)
    assert colours.problem(dark, dark=True) == ""
    for colour in (accent, dark):
        written = colours.on(colour)
        assert colours.contrast(written, colour) >= 4.5
        assert colours.contrast(written, colours.stronger(colour)) >= colours.contrast(written, colour)


def test_whatever_an_accent_is_something_can_be_read_on_it():
    grid = range(0, 256, 15)
    assert (
        min(
            colours.contrast(colours.on(c), c)
            for c in (f"#{r:02x}{g:02x}{b:02x}" for r in grid for g in grid for b in grid)
        )
        > 4.5
    )


def test_the_usual_pages_ask_for_no_other_colours():
    page = Client().get("/").content.decode()
    assert "/theme/" not in page
    assert "<title>Gatehouse</title>" in page


def test_a_theme_is_on_every_page(settings, tmp_path):
    (tmp_path / "logo.svg").write_text(SVG)
    settings.THEME_NAME, settings.THEME_ACCENT = "Acme <ID>", PINK
    settings.THEME_LOGO = read(tmp_path, "logo.svg")
    page = Client().get("/accounts/login/")
    text = page.content.decode()
    assert "· Acme &lt;ID&gt;</title>" in text
    assert "Gatehouse" not in text
    assert 'style="' not in text
    address = re.search(r'href="(/theme/[^"]+)"', text)[1]
    sheet = Client().get(address)
    assert sheet.headers["Content-Type"] == "text/css; charset=utf-8"
    assert sheet.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert sheet.headers["ETag"]
    assert not sheet.cookies
    assert "Vary" not in sheet.headers or "Cookie" not in sheet.headers["Vary"]
    assert f"--accent: {PINK}; " in sheet.content.decode()
    assert set(properties(sheet.content.decode())) == {"--accent", "--accent-strong", "--on-accent"}
    image = Client().get(re.search(r'<img class="logo" src="([^"]+)" alt="">', text)[1])
    assert (image.content.decode(), image.headers["Content-Type"]) == (SVG, "image/svg+xml")
    assert image.headers["Content-Security-Policy"] == OF_NO_PAGE


def test_error_pages_wear_it_without_a_request(settings):
    settings.THEME_NAME, settings.THEME_ACCENT = "Acme", PINK
    for name in ("400.html", "403_csrf.html", "404.html", "500.html"):
        page = render_to_string(name)
        assert "Acme" in page
        assert "Gatehouse" not in page
        assert stylesheet.url(PINK) in page.replace("&amp;", "&")


def test_a_mail_says_the_name(settings):
    settings.THEME_NAME = "Acme"
    resets.ask("nobody@example.com")
    for _ in range(2):
        run_once()
    assert mail.outbox[0].body.endswith("\n\nAcme\n")
    assert ">Acme<" in mail.outbox[0].alternatives[0][0]


def test_the_sender_is_named_so(monkeypatch):
    monkeypatch.setenv("THEME_NAME", "Acme, Inc.")
    monkeypatch.setenv("ISSUER_URL", "https://id.acme.example")
    assert env.DEFAULT_FROM_EMAIL.value == '"Acme, Inc." <no-reply@id.acme.example>'


@pytest.mark.parametrize(
    "name", ["ffcc00-9db2ff", "3454d1-3454d1", "3454D1-9db2ff", "3454d1", "3454d1-9db2ff;}", "body{}-9db2ff", "../x"]
)
def test_there_is_no_stylesheet_of_what_could_not_be_read(name):
    assert Client().get(f"/theme/{name}.css").status_code == 404


def test_a_logo_is_an_image_and_small(tmp_path):
    assert read(tmp_path, "") is None
    for name, content in {"page.svg": b"alert(1)", "a.png": b"GIF89a", "big.svg": b"<" * (256 * 1024 + 1)}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=r"not an image|larger"):
            read(tmp_path, name)


def test_there_is_no_logo_but_the_operators(settings):
    settings.THEME_LOGO = None
    assert Client().get("/theme/logo/x.svg").status_code == 404
