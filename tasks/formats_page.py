"""docs/formats.md, made of what the readers say of themselves: `python -m noglue.tasks.formats_page` writes it.

A reader's module docstring says in its first line what it reads, shows an example of the layout or of the first bytes
below it, indented, and ends in `Source: ADDRESS`. With `--check` nothing is written; the exit status is 1 where the
page is out of date. A file that this does not fit ends it with the file's name.
"""

import ast
import re
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

from noglue.tools.spec import catalogue

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "formats.md"
READERS = "noglue.tools.readers"
_SOURCE = re.compile(r"\bSource: (.+)\Z", re.DOTALL)
_INTRODUCTION = """\
# What noglue reads

Made by `make docs-formats` from the readers in `tools/readers/` and the kinds of data in `tools/modalities/`; change it
there. A file is known by its content, its ending alone decides nothing. What fits no reader ends in exit 4 with what
was seen of it, and what turns it into something that is read. Archives (zip, tar, 7z, … , nested, split or several of
one data set) are unpacked before any reader looks.
"""


@dataclass(frozen=True)
class Told:
    """What one module says of itself."""

    name: str
    title: str
    body: str
    source: str
    reads: str = ""


def told(name: str, docstring: str, reads: str = "") -> Told:
    """Raises ValueError for a docstring without what the page needs."""
    title, _, rest = docstring.strip().partition("\n")
    found = _SOURCE.search(rest)
    body = rest[: found.start()] if found else rest
    if not title.endswith((".", ":")):
        raise ValueError(f"{name}: the first line of its docstring is no sentence.")
    return Told(name, title, body.strip("\n").rstrip(), " ".join(found[1].split()) if found else "", reads)


def readers() -> list[Told]:
    """Every reader, by what it reads."""
    found = []
    for name in catalogue.names(READERS):
        module = catalogue.load(READERS, name)
        one = told(name, module.__doc__ or "", module.READS)
        if "\n    " not in f"\n{one.body}":
            raise ValueError(f"{name}: its docstring shows no example, indented.")
        if "http" not in one.source and not re.search(r"ECMA|ISO|OASIS|RFC", one.source):
            raise ValueError(f"{name}: its docstring does not end in `Source: ADDRESS`.")
        found.append(one)
    return sorted(found, key=lambda one: one.reads.lower())


def kinds() -> list[Told]:
    """Every kind of data; its docstring may have a first line alone."""
    found = []
    for file in sorted((ROOT / "tools" / "modalities").glob("[a-z]*.py")):
        found.append(told(file.stem, ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""))
    return found


def page() -> str:
    """The whole page."""
    listed = readers()
    lines = [_INTRODUCTION, "## Kinds of data\n"]
    lines += [f"- **{one.name}**: {one.title}" for one in kinds()]
    lines += [f"\n## Formats and layouts: {len(listed)} readers\n", "| reads | reader |", "|---|---|"]
    lines += [f"| {_cell(one.reads)} | [{one.name}](#{one.name}) |" for one in listed]
    for one in listed:
        lines += [f"\n## {one.name}\n", one.title, *([f"\n{marked(one.body)}"] if one.body else [])]
        lines += [f"\nSource: {linked(one.source)}"]
    return "\n".join(lines).rstrip() + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def marked(body: str) -> str:
    """Indented lines as blocks of code, which no character in them can leave; anything else as it is."""
    blocks: list[str] = []
    for paragraph in re.split(r"\n\s*\n", body):
        lines = paragraph.split("\n")
        start = 0
        while start < len(lines):
            end, indented = start, lines[start].startswith("    ")
            while end < len(lines) and lines[end].startswith("    ") == indented:
                end += 1
            text = "\n".join(lines[start:end])
            blocks.append(f"```text\n{textwrap.dedent(text)}\n```" if indented else _plain(text))
            start = end
    return "\n\n".join(blocks)


def _plain(text: str) -> str:
    """`<` outside of backticks would begin a tag."""
    parts = text.split("`")
    return "`".join(part if number % 2 else part.replace("<", "&lt;") for number, part in enumerate(parts))


def linked(source: str) -> str:
    return re.sub(r"https?://(?:[^\s,()]|\([^\s,()]*\))*[^\s,().]", lambda found: f"<{found[0]}>", source)


def main(arguments: list[str]) -> int:
    """Exit status 1 where `--check` finds the page out of date."""
    made = page()
    if "--check" in arguments:
        return int(not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != made)
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
