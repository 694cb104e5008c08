"""What the pages that are made of docstrings ask of one, and what they make of it."""

import pytest

from noglue.tasks import docstring_pages


@pytest.mark.parametrize("docstring", ["no sentence\n\n    x\n\nSource: https://a.b", ""])
def test_a_docstring_that_says_nothing_is_told(docstring: str) -> None:
    with pytest.raises(ValueError, match="arrf"):
        docstring_pages.describe("arrf", docstring)


def test_examples_are_code_and_prose_is_not() -> None:
    one = docstring_pages.describe(
        "x", "Reads x.\n\n    a  <b>\n    c\n\nIt `<is>` <so>.\nSource: https://a.b/c, https://d.e."
    )
    assert one.title == "Reads x."
    assert one.source == "https://a.b/c, https://d.e."
    assert docstring_pages.as_markdown(one.body) == "```text\na  <b>\nc\n```\n\nIt `<is>` &lt;so>."
    assert docstring_pages.linked(one.source) == "<https://a.b/c>, <https://d.e>."
