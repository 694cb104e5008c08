"""The shape of the code: which way imports go, who may import what, and that nothing is patched."""

import ast
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = sorted(file for package in ("agent", "tools", "tasks") for file in (ROOT / package).rglob("*.py"))
MAY_IMPORT = {"tools": {"tools"}, "agent": {"agent", "tools"}, "tasks": {"tasks", "agent", "tools"}}
SOCKETS = {"socket", "ssl", "requests", "urllib3", "http", "urllib.request", "socketserver"}


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def imports(file: Path) -> frozenset[str]:
    """Every module that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{file}: relative import"
            whole = node.module in ("noglue", "noglue.tools")
            found |= {f"{node.module}.{alias.name}" for alias in node.names} if whole else {node.module}
    return frozenset(found)


def test_imports_go_one_way() -> None:
    for file in FILES:
        package = file.relative_to(ROOT).parts[0]
        parts = [module.split(".") for module in imports(file)]
        tops = {names[0] for names in parts}
        assert tops.isdisjoint({"agent", "tools", "tasks", "tests"}), f"{name(file)}: a user may have such a module"
        assert {names[1] for names in parts if names[0] == "noglue"} <= MAY_IMPORT[package], name(file)


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


def test_only_families_readers_and_sources_know_a_modality_by_its_name() -> None:
    kinds = {file.stem for file in (ROOT / "tools" / "modalities").glob("[!_]*.py")}
    allowed = ("tools/modalities/", "tools/models/", "tools/readers/", "tools/sources/")
    for file in FILES:
        if name(file).startswith(("agent/", "tools/")) and not name(file).startswith(allowed):
            for node in ast.walk(tree(file)):
                at = f"{name(file)}:{getattr(node, 'lineno', 0)}"
                if isinstance(node, ast.Compare | ast.Match):
                    parts = set(map(_word, ast.walk(node)))
                    assert not ({"modality"} <= parts and kinds & parts), f"{at}: ask tools/modalities/"
                if isinstance(node, ast.Dict):
                    assert len(kinds & set(map(_word, node.keys))) < 2, f"{at}: let each modality say it"


def _word(node: ast.AST | None) -> object:
    """`modality` of `task.modality`, `modality` and `"modality"` alike."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else node.value if isinstance(node, ast.Constant) else None


def test_only_the_console_imports_rich() -> None:
    at_fault = [name(file) for file in FILES if any(module.split(".")[0] == "rich" for module in imports(file))]
    assert set(at_fault) <= {f"agent/ui/{name}.py" for name in ("live", "drawing", "block_picture")}


def test_only_the_download_the_sources_and_their_broker_open_sockets() -> None:
    allowed = ("tools/download.py", "tools/sources/", "tools/net/", "tools/sandbox/", "agent/llm/transport.py")
    allowed += ("tools/resident/", "agent/model/resident.py")  # a pair that no address leads to
    at_fault = [name(file) for file in FILES if not name(file).startswith(allowed) and SOCKETS & imports(file)]
    assert at_fault == []


def test_no_module_shadows_the_standard_library_by_accident() -> None:
    shadows = {name(file) for file in FILES if file.stem in sys.stdlib_module_names}
    assert shadows <= {"tools/inspect.py"}, "a step tool is named by its job; anything else gets another name"


def test_only_goals_families_measures_and_sources_compare_the_name_of_a_goal() -> None:
    """Anything else asks the goal what it is like, so that a new one is a new file (see `tools/spec/goals.py`)."""
    goals = {file.stem for file in (ROOT / "tools" / "goals").glob("[a-z]*.py")}
    may = ("tools/goals/", "tools/models/", "tools/metrics/", "tools/sources/", "tools/values/targets.py")
    at_fault = []
    for file in FILES:
        for node in [] if name(file).startswith(may) else ast.walk(tree(file)):
            sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
            sides += [node.pattern] if isinstance(node, ast.match_case) else []
            found = {part.value for side in sides for part in ast.walk(side) if isinstance(part, ast.Constant)}
            at_fault += [f"{name(file)}:{sides[0].lineno}" for _ in found & goals]
    assert at_fault == []


def test_nothing_is_patched_or_mocked() -> None:
    for file in (ROOT / "tests").rglob("*.py"):
        assert not any(module.startswith("unittest.mock") for module in imports(file)), file
        for node in ast.walk(tree(file)):
            patches = isinstance(node, ast.Attribute) and node.attr in {"setattr", "setitem", "patch"}
            on_monkeypatch = patches and isinstance(node.value, ast.Name) and node.value.id == "monkeypatch"
            assert not on_monkeypatch, f"{file}:{getattr(node, 'lineno', 0)} patches instead of using a real part"
