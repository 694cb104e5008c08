"""The quick starts, run as they stand, and what they print put into their pages.

    make docs-outputs                                     all pages of docs/start/
    python -m tests.bench.quick_starts csv script         some of them
    python -m tests.bench.quick_starts --check            nothing is written; exit 1 where a command fails

Each page begins in an empty folder, with runs, cache and key of its own. Blocks of Python that begin with `# NAME.py`
are written there, blocks of `sh` run one after the other by bash, and a block of `output` right behind one gets its
standard output. Two minutes for `csv` and `script`, five for `gan`; on a machine that does nothing else.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.pages import DOCS, Block, blocks, scripts

START = DOCS / "start"


def environment(home: Path) -> dict[str, str]:
    """With the commands of this interpreter first, and nothing of the caller's secrets; no other output than as in a
    pipe."""
    kept = {name: os.environ[name] for name in ("LANG", "PATH") if name in os.environ}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    return kept | {"PATH": path, "HOME": str(home), "NOGLUE_CACHE": str(home / "cache"), "COLUMNS": "100"}


def ran(
    page: str, folder: Path, changed: Callable[[str], str] = lambda text: text, only: str = ""
) -> Iterator[tuple[Block, "subprocess.CompletedProcess[str]"]]:
    """Each block of `sh`, as `changed` leaves it, with what came of it. Ends after the first that fails.

    only: those blocks alone that speak of it.
    """
    (folder / "home").mkdir()
    work = folder / "work"
    work.mkdir(exist_ok=True)
    for name, text in scripts(page).items():
        (work / name).write_text(changed(text), encoding="utf-8")
    for block in blocks(page):
        if block.language != "sh" or only not in block.text:
            continue
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", changed(block.text)],
            cwd=work,
            env=environment(folder / "home"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        yield block, done
        if done.returncode:
            return


def filled(page: str, outputs: dict[int, str]) -> str:
    """The page with each output in the block of text right behind its commands. outputs: by the commands' `end`."""
    for end, output in sorted(outputs.items(), reverse=True):
        behind = re.match(r"\n+```output\n(?:.*?\n)??```(?=\n|\Z)", page[end:], re.DOTALL)
        if behind:
            page = f"{page[:end]}\n\n```output\n{output.rstrip()}\n```{page[end + behind.end() :]}"
    return page


def main() -> int:
    """Exit status 1 where a command failed; its page stays as it was."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="*", default=["csv", "gan", "script"])
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    for name in arguments.pages:
        file = START / f"{name}.md"
        page = file.read_text(encoding="utf-8")
        outputs = {}
        with tempfile.TemporaryDirectory() as folder:
            for block, done in ran(page, Path(folder)):
                print(f"{file.name}, line {block.line}: exit {done.returncode}", file=sys.stderr)
                if done.returncode:
                    print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
                    return 1
                outputs[block.end] = done.stdout.replace(f"{folder}/work/", "")
        if not arguments.check:
            file.write_text(filled(page, outputs), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
