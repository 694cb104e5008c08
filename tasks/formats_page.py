"""docs/formats.md, made of what the readers say of themselves: `python -m noglue.tasks.formats_page` writes it.

A reader's module docstring says in its first line what it reads, shows an example of the layout or of the first bytes
below it, indented, and ends in `Source: ADDRESS`. With `--check` nothing is written; the exit status is 1 where the
page is out of date. A file that this does not fit ends it with the file's name.
"""

import ast
import re
import sys

from noglue.tasks.docstring_pages import ROOT, Described, as_markdown, cell, describe, linked, write
from noglue.tools.spec import catalogue

PAGE = ROOT / "docs" / "formats.md"
READERS = "noglue.tools.readers"
_INTRODUCTION = """\
# What noglue reads

Made by `make docs-formats` from the readers in `tools/readers/` and the kinds of data in `tools/modalities/`; change it
there. A file is known by its content, its ending alone decides nothing. What fits no reader ends in exit 4 with what
was seen of it, and what turns it into something that is read. Archives (zip, tar, 7z, … , nested, split or several of
one data set) are unpacked before any reader looks.
"""


def readers() -> list[tuple[str, Described]]:
    """What each reader reads, and what it says of itself; by what it reads."""
    found = []
    for name in catalogue.names(READERS):
        module = catalogue.load(READERS, name)
        one = describe(name, module.__doc__ or "")
        if "\n    " not in f"\n{one.body}":
            raise ValueError(f"{name}: its docstring shows no example, indented.")
        if "http" not in one.source and not re.search(r"ECMA|ISO|OASIS|RFC", one.source):
            raise ValueError(f"{name}: its docstring does not end in `Source: ADDRESS`.")
        found.append((module.READS, one))
    return sorted(found, key=lambda pair: pair[0].lower())


def kinds() -> list[Described]:
    """Every kind of data; its docstring may have a first line alone."""
    found = []
    for file in sorted((ROOT / "tools" / "modalities").glob("[a-z]*.py")):
        found.append(describe(file.stem, ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""))
    return found


def page() -> str:
    """The whole page."""
    listed = readers()
    lines = [_INTRODUCTION, "## Kinds of data\n"]
    lines += [f"- **{one.name}**: {one.title}" for one in kinds()]
    lines += [f"\n## Formats and layouts: {len(listed)} readers\n", "| reads | reader |", "|---|---|"]
    lines += [f"| {cell(reads)} | [{one.name}](#{one.name}) |" for reads, one in listed]
    for _, one in listed:
        lines += [f"\n## {one.name}\n", one.title, f"\n{as_markdown(one.body)}"]
        lines += [f"\nSource: {linked(one.source)}"]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    sys.exit(write(PAGE, page(), sys.argv[1:]))
