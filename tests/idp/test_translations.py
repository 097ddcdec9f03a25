"""Every word of the pages and mails in each language, as the sources have it now."""

import re

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.template import engines
from django.template.base import TextNode

from idp.dev import translations
from idp.dev.translations import BASE, LANGUAGES, ROOMS, catalogue, compiled, found, path_of, written

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|</?\w+>")
TEMPLATES = sorted(
    path for room in ROOMS for path in (BASE / room / "templates").rglob("*") if path.suffix in {".html", ".txt"}
)
# the attributes that somebody reads or hears
SPOKEN = re.compile(r"\b(?:aria-label|aria-description|aria-roledescription|title|placeholder|alt)=\"([^\"]*)\"")
NAMES = {"of"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_to_translate_and_nothing_is_old(language):
    assert path_of(language, "po").read_bytes() == written(language), "make generate"
    assert path_of(language, "mo").read_bytes() == compiled(language), "make generate"
    missing = [message.id for message in catalogue(language) if message.id and not _whole(message.string)]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_fills_in_what_the_original_does(language):
    for message in catalogue(language):
        if message.id:
            originals = message.id if isinstance(message.id, tuple) else (message.id,)
            wanted = {part for original in originals for part in PLACEHOLDER.findall(original)}
            for translation in message.string if isinstance(message.string, tuple) else (message.string,):
                assert set(PLACEHOLDER.findall(translation)) <= wanted, message.id
            last = message.string[-1] if isinstance(message.string, tuple) else message.string
            assert sorted(PLACEHOLDER.findall(last)) == sorted(PLACEHOLDER.findall(originals[-1])), message.id


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_page_says_a_word_past_the_translations(path):
    template = engines["django"].from_string(path.read_text(encoding="utf-8")).template
    text = "".join(node.s for node in template.nodelist.get_nodes_by_type(TextNode))
    words = _words(text) - NAMES
    assert words == set() or path.name in EXCEPT, words


# names of a specification stand beside the translations; and where all else fails there is nothing to translate with
EXCEPT = {"docs.html", "_schema.html", "_members.html", "500.html"}


def test_words_in_attributes_are_words_too():
    page = '<a class="skip" href="#main" title="Go there"><img alt="A dog"><input placeholder="Name"></a> seen'
    assert _words(page) == {"Go", "there", "dog", "Name", "seen"}
    assert _words('<svg aria-label="x" viewBox="0 0 1 1"><title>no</title></svg><code>words()</code>') == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_a_guess(language):
    with path_of(language, "po").open("rb") as file:
        assert [message.id for message in read_po(file) if message.id and message.fuzzy] == []


def test_the_languages_are_those_that_are_switched_on():
    assert [code for code, _ in settings.LANGUAGES] == ["en", *LANGUAGES]


def test_what_is_found_is_what_the_sources_say():
    messages = found()
    assert "Sign in" in messages
    assert ("Please wait a minute, then try again.", "Please wait %(minutes)s minutes, then try again.") in messages
    assert translations.DATED


def _words(text):
    spoken = " ".join(SPOKEN.findall(text))
    outside = re.sub(r"<(svg|code)\b.*?</\1>|<[^>]*>|[\w-]+=\"[^\"]*\"", " ", text, flags=re.DOTALL)
    return set(re.findall(r"[A-Za-z]{2,}", f"{spoken} {outside}"))


def _whole(string):
    return all(string) if isinstance(string, tuple) else bool(string)
