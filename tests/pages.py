"""README.md, CONTRIBUTING.md and the pages of docs/, read as their readers do: blocks, links, headings, commands.

    blocks("```sh\nnoglue runs\n```\n")      [Block(language='sh', text='noglue runs\n', line=1)]
    commands("noglue runs  # all\nA=1 noglue show | head")      [['noglue', 'runs'], ['noglue', 'show']]

In README.md and docs/start/ a block of `sh` is run by `tests/test_pages_run.py` and by `tests/bench/quick_starts.py`;
one of `python` that begins with `# NAME.py` is the file of that name; one of `bash` is read, and its flags are checked.
"""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
SHELLS = ("sh", "bash", "")
_FENCE = re.compile(r"(?ms)^```([\w-]*)\n(.*?)^```$")
_LINK = re.compile(r"!?\[(?:[^][]|\[[^][]*\])*\]\(<?([^)\s>]+)>?\)")
_HEADING = re.compile(r"(?m)^#{1,6} +(.+?) *#*$")
_ASSIGNMENT = re.compile(r"[A-Z_]+=\S*")
_ENDS = ("|", ">", "&", "&&", ";")


@dataclass(frozen=True)
class Block:
    """What stands between two fences. line: where it begins, from 1. end: the place behind it in the page."""

    language: str
    text: str
    line: int
    end: int = 0


def blocks(page: str) -> list[Block]:
    """Every fenced block, in order."""
    return [
        Block(found[1], found[2], page.count("\n", 0, found.start()) + 1, found.end())
        for found in _FENCE.finditer(page)
    ]


def prose(page: str) -> str:
    """The page without its fenced blocks and without code among the words."""
    return re.sub(r"`[^`\n]*`", "", _FENCE.sub("", page))


def links(page: str) -> list[str]:
    """Where its links and pictures lead, addresses of the web left out."""
    return [place for place in _LINK.findall(prose(page)) if not re.match(r"[a-z]+:", place)]


def anchors(page: str) -> set[str]:
    """What `#…` may name: headings as GitHub and the site write them, the second of a name with `-1`, or `_1`."""
    found: dict[str, int] = {}
    every: set[str] = set()
    for heading in _HEADING.findall(_FENCE.sub("", page)):
        plain = re.sub(r"[`*]|\[([^]]*)\]\([^)]*\)", r"\1", heading)
        name = re.sub(r" ", "-", re.sub(r"[^\w\- ]", "", plain.lower()).strip())
        count = found[name] = found.get(name, -1) + 1
        every |= {f"{name}-{count}", f"{name}_{count}"} if count else {name}
    return every


def commands(text: str) -> list[list[str]]:
    """The words of each `noglue …` of a block, without what stands before it, behind a pipe, or in a comment."""
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True) if line.strip() else []
        while words and (words[0] == "$" or _ASSIGNMENT.fullmatch(words[0])):
            words = words[1:]
        if words[:1] == ["noglue"]:
            end = next((number for number, word in enumerate(words) if word in _ENDS), len(words))
            found.append(words[:end])
    return found


def scripts(page: str) -> dict[str, str]:
    """File name → text of the blocks of Python that are files."""
    named = [
        (re.match(r"# (\w+\.py)\n", block.text), block.text) for block in blocks(page) if block.language == "python"
    ]
    return {name[1]: text for name, text in named if name}
