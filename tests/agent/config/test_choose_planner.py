"""Which planner is taken, and what is said when it is not the one that was hoped for."""

from pathlib import Path

import pytest

from noglue.agent.config.choose_planner import choose
from noglue.agent.config.run_config import RunConfig
from noglue.agent.config.settings import recording
from noglue.agent.planners.llm import Llm
from noglue.agent.planners.rules import Rules
from noglue.agent.protocols import Keeper
from noglue.tools.spec.errors import BadUsage


@pytest.fixture(autouse=True)
def _no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOGLUE_MODEL", raising=False)
    monkeypatch.delenv("NOGLUE_RECORD", raising=False)


def test_without_a_model_the_rules_plan(tmp_path: Path) -> None:
    assert isinstance(choose(RunConfig()), Rules)
    with pytest.raises(BadUsage, match="needs a model"):
        choose(RunConfig(planner="llm"))
    with pytest.raises(BadUsage, match="no planner 'oracle'"):
        choose(RunConfig(planner="oracle"))


def test_a_key_alone_spends_nobodys_money(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-aaaaaaaaaaaaaaaaaaaa")
    assert isinstance(choose(RunConfig()), Rules)


def test_the_environment_names_a_model_and_the_flag_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOGLUE_MODEL", "ollama:qwen3")
    named = choose(RunConfig())
    assert isinstance(named, Llm)
    assert (named.name, named.asker.choice.name) == ("rules", "qwen3")  # `llm` once it has answered
    flagged = choose(RunConfig(model="anthropic/claude-haiku-4-5", max_cost=0.5, private=True, budget="60s"))
    assert isinstance(flagged, Llm)
    assert flagged.asker.choice.provider == "anthropic"
    assert (flagged.asker.private, flagged.asker.spending.limits.cost) == (True, 0.5)
    assert isinstance(choose(RunConfig(planner="rules", model="ollama:x")), Rules)


def test_an_unusable_name_in_the_environment_is_told_and_the_rules_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOGLUE_MODEL", "nobody")
    planner = choose(RunConfig())
    assert planner.name == "rules"
    assert isinstance(planner, Keeper)
    said: list[str] = []
    planner.attach(tmp_path, lambda text, **_: said.append(text))
    assert "names no model" in said[0]
    with pytest.raises(BadUsage, match="names no model"):
        choose(RunConfig(planner="llm"))


def test_a_run_that_a_model_planned_goes_on_by_what_it_answered(tmp_path: Path) -> None:
    (tmp_path / "llm.jsonl").write_text('{"model": "ollama:x", "private": true}\n{"key": "k", "answer": "{}"}\n')
    planner = choose(RunConfig(), run=tmp_path)
    assert isinstance(planner, Llm)
    planner.attach(tmp_path, lambda text, **_: None)
    assert planner.asker.transcript.find("k") == "{}"
    assert planner.asker.private
    assert planner.asker.gone


def test_where_answers_are_recorded() -> None:
    assert recording({}) is None
    assert recording({"NOGLUE_RECORD": "/tmp/x.jsonl"}) == Path("/tmp/x.jsonl")
