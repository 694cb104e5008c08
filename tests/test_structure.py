"""The shape of the code: which way imports go, who may import what, and that nothing is patched."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(file for package in ("agent", "tools", "tasks") for file in (ROOT / package).rglob("*.py"))
MAY_IMPORT = {"tools": {"tools"}, "agent": {"agent", "tools"}, "tasks": {"tasks", "agent", "tools"}}
SOCKETS = {"socket", "ssl", "requests", "urllib3", "http", "urllib.request", "socketserver"}


def imports(file: Path) -> Iterator[str]:
    """Every module that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{file}: relative import"
            yield from (
                (f"{node.module}.{alias.name}" for alias in node.names)
                if node.module in ("noglue", "noglue.tools")
                else (node.module,)
            )


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize("file", FILES, ids=name)
def test_imports_go_one_way(file: Path) -> None:
    package = file.relative_to(ROOT).parts[0]
    parts = [module.split(".") for module in imports(file)]
    assert {names[0] for names in parts}.isdisjoint({"agent", "tools", "tasks", "tests"}), (
        "a user may have such a module"
    )
    assert {names[1] for names in parts if names[0] == "noglue"} <= MAY_IMPORT[package]


def room(module: str) -> str:
    """`noglue.tools.net.fetch` → `tools/net`; a step, as `noglue.tools.train` → `tools`."""
    parts = module.split(".")[1:]
    return "/".join(parts[:2]) if (ROOT / "/".join(parts[:2])).is_dir() else parts[0]


def test_no_two_rooms_import_each_other() -> None:
    leads: dict[str, set[str]] = {}
    for file in FILES:
        if name(file).startswith("tools/"):
            own = room("noglue." + ".".join(file.relative_to(ROOT).with_suffix("").parts))
            leads.setdefault(own, set()).update(
                room(module) for module in imports(file) if module.startswith("noglue.tools.")
            )
    assert leads["tools/spec"] <= {"tools/spec"}, "spec imports nothing of the project"
    while leads:  # rooms that lead nowhere are taken away, until a ring is all that is left
        ends = {one for one, others in leads.items() if not (others - {one}) & set(leads)}
        assert ends, f"a ring of rooms: {leads}"
        leads = {one: others for one, others in leads.items() if one not in ends}


@pytest.mark.parametrize("file", FILES, ids=name)
def test_only_the_console_imports_rich(file: Path) -> None:
    if name(file) != "agent/ui/live.py":
        assert not any(module.split(".")[0] == "rich" for module in imports(file))


@pytest.mark.parametrize("file", FILES, ids=name)
def test_only_the_download_the_sources_and_their_broker_open_sockets(file: Path) -> None:
    allowed = ("tools/download.py", "tools/sources/", "tools/net/", "tools/sandbox/")
    if not name(file).startswith(allowed):
        assert not SOCKETS & set(imports(file))


@pytest.mark.parametrize("file", FILES, ids=name)
def test_no_module_shadows_the_standard_library_by_accident(file: Path) -> None:
    if file.stem in sys.stdlib_module_names:
        assert name(file) == "tools/inspect.py", "a step tool is named by its job; anything else gets another name"


def test_nothing_is_patched_or_mocked() -> None:
    for file in (ROOT / "tests").rglob("*.py"):
        used = set(imports(file))
        assert not any(module.startswith("unittest.mock") for module in used), file
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            patches = isinstance(node, ast.Attribute) and node.attr in {"setattr", "setitem", "patch"}
            on_monkeypatch = patches and isinstance(node.value, ast.Name) and node.value.id == "monkeypatch"
            assert not on_monkeypatch, f"{file}:{getattr(node, 'lineno', 0)} patches instead of using a real part"
