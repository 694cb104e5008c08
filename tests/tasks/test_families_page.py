"""docs/families.md says what the families say."""

import subprocess
import sys

import pytest

from noglue.tasks import families_page
from noglue.tools.spec import catalogue

NAMES = catalogue.names(families_page.FAMILIES)


def test_the_page_is_up_to_date() -> None:
    done = subprocess.run([sys.executable, "-m", "noglue.tasks.families_page", "--check"], check=False)
    assert done.returncode == 0, "make docs-formats"


def test_every_family_stands_on_it_once() -> None:
    text = families_page.PAGE.read_text(encoding="utf-8")
    assert [text.count(f"\n### {name}\n") for name in NAMES] == [1] * len(NAMES)
    assert text.count("```") % 2 == 0
    assert ">>>" not in text


@pytest.mark.parametrize(
    ("name", "place", "learns", "taken"),
    [
        ("forest", "table", "classify: tables, texts; regress: tables, texts", "by name"),
        ("naive_bayes", "table", "classify: tables, texts", "by name"),
        ("linear", "table", "classify: tables, texts; regress: tables, texts", "simple model; by name"),
        ("airbench", "image", "classify: images", "first choice on CUDA; by name"),
        ("theta_method", "forecast", "forecast", "by name"),
        ("r3gan", "generate", "generate: images", "first choice; by name"),
    ],
)
def test_what_a_family_learns_is_what_it_says_to_schemas(name: str, place: str, learns: str, taken: str) -> None:
    [family] = [one for one in families_page.families() if one.said.name == name]
    assert family.place == place
    assert families_page.facts(family)[:2] == [f"- **Learns**: {learns}", f"- **Taken**: {taken}"]
