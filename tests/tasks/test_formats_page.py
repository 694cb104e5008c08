"""docs/formats.md says what the readers say."""

import subprocess
import sys

import pytest

from noglue.tasks import formats_page
from noglue.tools.spec import catalogue


def test_the_page_is_up_to_date() -> None:
    done = subprocess.run([sys.executable, "-m", "noglue.tasks.formats_page", "--check"], check=False)
    assert done.returncode == 0, "make docs-formats"


def test_every_reader_stands_on_it() -> None:
    text = formats_page.PAGE.read_text(encoding="utf-8")
    for name in catalogue.names(formats_page.READERS):
        assert f"\n## {name}\n" in text
        assert catalogue.load(formats_page.READERS, name).READS.replace("|", "\\|") in text
    assert text.count("```") % 2 == 0


@pytest.mark.parametrize("docstring", ["no sentence\n\n    x\n\nSource: https://a.b", ""])
def test_a_docstring_that_says_nothing_is_told(docstring: str) -> None:
    with pytest.raises(ValueError, match="arrf"):
        formats_page.told("arrf", docstring)


def test_examples_are_code_and_prose_is_not() -> None:
    one = formats_page.told(
        "x", "Reads x.\n\n    a  <b>\n    c\n\nIt `<is>` <so>.\nSource: https://a.b/c, https://d.e."
    )
    assert one.title == "Reads x."
    assert one.source == "https://a.b/c, https://d.e."
    assert formats_page.marked(one.body) == "```text\na  <b>\nc\n```\n\nIt `<is>` &lt;so>."
    assert formats_page.linked(one.source) == "<https://a.b/c>, <https://d.e>."
