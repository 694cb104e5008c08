"""README.md, CONTRIBUTING.md and docs/: links lead somewhere, and commands are ones that noglue takes."""

import ast
import re
import tomllib
from functools import cache
from typing import Any

import pytest
import typer
import yaml

from noglue.agent import cli
from noglue.tasks import site_pages
from tests.pages import DOCS, PAGES, ROOT, SHELLS, anchors, blocks, commands, links

NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
MAKE = re.compile(r"(?m)(?:`|^)make ([a-z-]+)")  # among words in backticks, in a block at the beginning of a line
FOREIGN = {"--version", "--help", "--no-deps", "--index-url", "--build-arg"}  # of noglue, pip, docker
VARIABLE = re.compile(r"\bNOGLUE_[A-Z_]+\b")


class Navigation(yaml.SafeLoader):
    """Reads mkdocs.yml without making the objects of Python that it names."""


Navigation.add_multi_constructor("tag:yaml.org,2002:python/", lambda loader, suffix, node: None)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def navigation() -> dict[str, Any]:
    loaded = yaml.load(text("mkdocs.yml"), Navigation)
    return dict(site_pages.on_config(loaded | {"docs_dir": str(DOCS)}))


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    for link in links(text(name)):
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        assert target.is_file(), f"{name}: {link}"
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), f"{name}: {link}"


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("docs/")])
def test_no_page_of_the_site_links_out_of_it(name: str) -> None:
    for link in links(text(name)):
        assert ((ROOT / name).parent / link.partition("#")[0]).resolve().is_relative_to(DOCS), f"{name}: {link}"


def test_every_page_stands_in_the_navigation_once() -> None:
    def pages(nav: Any) -> list[str]:
        if isinstance(nav, str):
            return [nav]
        return [page for part in (nav.values() if isinstance(nav, dict) else nav) for page in pages(part)]

    assert sorted(pages(navigation()["nav"])) == sorted(str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md"))


def test_the_site_loads_nothing_from_elsewhere() -> None:
    settings = navigation()
    assert settings["theme"]["font"] is False
    assert "extra_javascript" not in settings
    assert all((DOCS / name).is_file() for name in settings["extra_css"])
    assert settings["plugins"] == ["search"]


@cache
def parser() -> dict[str, Any]:
    """The commands by their names, as typer made them."""
    group: Any = typer.main.get_command(cli.app)
    return dict(group.commands)


def refusal(words: list[str]) -> str | None:
    """What the parser says to a command line, if it does not take it. Nothing is run."""
    command = parser().get(words[1])
    if command is None:
        return f"there is no command {words[1]}"
    try:
        command.make_context(f"noglue {words[1]}", list(words[2:]))
    except Exception as error:
        if getattr(error, "exit_code", None) == 0:  # --help, --version
            return None
        message = getattr(error, "format_message", None)  # typer keeps its parser's exceptions to itself
        if message is None:
            raise
        return str(message())
    return None


@pytest.mark.parametrize("name", NAMES)
def test_commands_are_ones_that_the_parser_takes(name: str) -> None:
    for block in blocks(text(name)):
        for words in commands(block.text) if block.language in SHELLS else []:
            assert refusal(words) is None, f"{name}, line {block.line}: {' '.join(words)}"


def test_what_the_parser_does_not_take_is_found() -> None:
    assert refusal(["noglue", "runn", "x"]) == "there is no command runn"
    assert "--budgett" in str(refusal(["noglue", "run", "x", "--budgett", "5m"]))
    assert refusal(["noglue", "predict", "latest"]) is not None
    assert refusal(["noglue", "predict", "latest", "a.csv", "--intervals", "--explain"]) is None


@pytest.mark.parametrize("name", [name for name in NAMES if "decisions" not in name])
def test_flags_among_the_words_exist(name: str) -> None:
    """`noglue predict --proba`, `--budget 10m`: of the command that is named, else of any."""
    for code in re.findall(r"`(noglue [a-z-][^`\n]*|--[a-z][^`\n]*)`", text(name)):
        first, *others = code.split()
        command = others[0] if first == "noglue" else None
        assert command in (None, *parser(), "--version", "--help"), f"{name}: {code}"
        known = {flag for one in parser() if command in (None, one) for flag in flags(parser()[one])} | FOREIGN
        for word in (first, *others):
            assert not re.match(r"--[a-z]", word) or word.partition("=")[0].rstrip(",;.") in known, f"{name}: {code}"


def flags(command: Any) -> set[str]:
    return {flag for one in command.params for flag in (*one.opts, *one.secondary_opts)} | {"--help"}


@pytest.mark.parametrize("name", NAMES)
def test_targets_and_variables_are_there(name: str) -> None:
    makefile = text("Makefile")
    shells = [block.text for block in blocks(text(name)) if block.language in SHELLS]
    for target in MAKE.findall("\n".join([*re.findall(r"`make [^`\n]*`", text(name)), *shells])):
        assert re.search(rf"(?m)^[a-z. -]*\b{target}\b[a-z -]*:", makefile), f"{name}: make {target}"
    for variable in VARIABLE.findall(text(name)):
        assert variable in code(), f"{name}: {variable}"


@cache
def code() -> str:
    """Everything that may read a variable of the environment."""
    folders = [ROOT / "agent", ROOT / "tools", ROOT / "tasks", ROOT / "tests"]
    return "\n".join(file.read_text(encoding="utf-8") for folder in folders for file in sorted(folder.rglob("*.py")))


@pytest.mark.parametrize("name", NAMES)
def test_python_in_pages_can_be_read(name: str) -> None:
    for block in blocks(text(name)):
        if block.language == "python":
            flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            compile(block.text, f"{name}, line {block.line}", "exec", flags)


def test_every_extra_is_explained() -> None:
    extras = tomllib.loads(text("pyproject.toml"))["project"]["optional-dependencies"]
    explained = {
        name for row in re.findall(r"(?m)^\| (`[^|]+`) \|", text("docs/install.md")) for name in row.split("`")
    }
    assert set(extras) <= explained


def test_what_is_measured_in_the_comparison_stands_in_the_benchmarks() -> None:
    rows = re.findall(
        r"(?m)^\| \w+ \| (?:RMSE|1 - AUC|log loss) \| (.+) \| (.+) \| (.+) \|$", text("docs/benchmarks.md")
    )
    best = " | ".join(str(sum("**" in row[side] for row in rows)) for side in range(3))
    ranks = re.search(r"(?m)^\| mean rank \| \| (.+) \|$", text("docs/benchmarks.md"))
    assert ranks is not None
    comparison = text("docs/comparison.md")
    assert f"| best of the three on | {best} |" in comparison
    assert f"| mean rank over {len(rows)} tables | {ranks[1].replace('*', '')} |" in comparison
