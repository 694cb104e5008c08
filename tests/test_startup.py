"""Start-up stays light: heavy libraries are imported by the steps that use them, never to say `--help`."""

import subprocess
import sys

import pytest

HEAVY = [
    "torch",
    "datasets",
    "langchain",
    "langchain_core",
    "sklearn",
    "pandas",
    "lightgbm",
    "catboost",
    "pyarrow",
    "numpy",
    "rich",
]


def loaded(code: str) -> set[str]:
    """The heavy modules that a fresh process has loaded after running `code`."""
    check = f"{code}\nimport sys\nprint(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-P", "-c", check], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split() if done.stdout.strip() else [])


def test_help_imports_nothing_heavy_not_even_pydantic() -> None:
    code = """
from noglue.agent import cli
try:
    cli.app(['--help'])
except SystemExit:
    pass
import sys
assert 'pydantic' not in sys.modules
"""
    assert loaded(code) == set()


def test_every_step_tool_is_described_without_heavy_imports() -> None:
    code = "from noglue.tools.spec import catalogue as c\n[c.load('noglue.tools', n) for n in c.names('noglue.tools')]"
    assert loaded(code) == set()


@pytest.mark.parametrize(
    "package",
    [
        "noglue.tools.readers",
        "noglue.tools.models",
        "noglue.tools.metrics",
        "noglue.tools.sources",
        "noglue.tools.sandbox",
    ],
)
def test_a_catalogue_can_be_looked_through_without_heavy_imports(package: str) -> None:
    code = f"from noglue.tools.spec import catalogue as c\n[c.load({package!r}, name) for name in c.names({package!r})]"
    assert loaded(code) == set()


def test_the_rules_planner_never_imports_langchain_or_torch() -> None:
    code = (
        "from noglue.agent.planners.rules import Rules\nfrom noglue.agent.task import Constraints\n"
        "r = Rules()\nr.plan(r.understand('Recognise digits.', [], Constraints()))"
    )
    assert not loaded(code) & {"torch", "langchain", "langchain_core", "datasets", "sklearn", "pandas", "rich"}
