"""Words that not everybody knows are explained: each that a template marks is known, and each entry is used by one."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from noglue.tools.reporting import page
from noglue.tools.reporting.glossary import Glossary, entries

TEMPLATES = sorted(Path(page.__file__).with_name("sections").glob("*.html"))
MARKED = {key for file in TEMPLATES for key in re.findall(r'term\("([a-z0-9_]+)"', file.read_text(encoding="utf-8"))}


def test_every_word_that_a_page_marks_is_in_the_glossary() -> None:
    assert len(MARKED) > 20
    assert set(entries()) >= MARKED


def test_every_entry_can_come_on_a_page() -> None:
    assert set(entries()) - MARKED <= {"train", "validation", "test"}  # marked by a variable


@pytest.mark.parametrize("key", sorted(entries()))
def test_an_entry_is_a_sentence_or_a_few(key: str) -> None:
    entry = entries()[key]
    assert entry.means.endswith(".")
    assert 20 < len(entry.means) < 420


def test_a_word_can_be_reached_by_pointer_finger_and_keyboard_and_is_listed_once() -> None:
    term = Glossary()
    text = str(term("recall")) + str(term("recall", "recalls")) + str(term.measure("R²", "How much <better> it is."))
    words = BeautifulSoup(text, "html.parser").find_all("span", class_="term")
    assert [word.text for word in words] == ["Recall", "recalls", "R²"]
    assert all(word["tabindex"] == "0" for word in words)
    assert words[0]["data-means"] == entries()["recall"].means
    assert words[2]["data-means"] == "How much <better> it is."
    assert [f"g-{entry.key}" for entry in term.used] == [words[0]["aria-describedby"], words[2]["aria-describedby"]]


def test_a_word_that_nobody_explains_is_refused() -> None:
    with pytest.raises(KeyError):
        Glossary()("perplexity of the third kind")
