"""What a run that made a generator says of it: run.json, the last lines, one line a step, progress."""

import io
from pathlib import Path
from typing import Any

import pytest

from noglue.agent import outcome
from noglue.agent.events import Failed, Planned, Progress, Started
from noglue.agent.plan import PlannedStep
from noglue.agent.protocols import Attempt
from noglue.agent.ui import answers
from noglue.agent.ui.live import LiveConsole
from noglue.agent.ui.plain import PlainConsole
from noglue.agent.ui.progress_words import progress_text
from noglue.agent.ui.terminal import Terminal
from noglue.agent.ui.wording import direction, summary, title_of
from noglue.tools.evaluation.findings import Evaluation
from noglue.tools.evaluation.generation_findings import Generation, Memorization
from noglue.tools.evaluation.scores import Rival, Score
from noglue.tools.spec.errors import Failure, Kind
from noglue.tools.train import Result as Trained


def score(value: float) -> Score:
    return Score(value=value, low=value - 0.2, high=value + 0.3, n=10_000)


def evaluated(flagged: bool = False) -> dict[str, Any]:
    copies = Memorization(
        ct=-2.0 if flagged else 0.3, authentic=0.9, near_copies=120, expected_copies=100.0, samples=10_000,
        flagged=flagged, message="…",
    )  # fmt: skip
    simple = {"fd_own": score(35.0)}
    return Evaluation(
        goal="generate",
        modality="image",
        metric="fd_own",
        metrics={"test": {"fd_own": score(4.1), "coverage": score(0.91)}, "baseline": simple},
        rivals=[Rival(name="pixels_gaussian", title="a Gaussian of the pixels", metrics=simple)],
        outcome="better",
        verdict="Better than a Gaussian of the pixels.",
        generation=Generation(
            samples=10_000, features="…", reference={"fd_own": score(1.2)}, judge_accuracy=0.98, memorization=copies
        ),
    ).model_dump(mode="json")


def trained(**changed: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {"path": "model", "family": "r3gan", "metric": "fd_own", "seconds": 60.0, "device": "cpu"}
    facts |= {"stopped": "the schedule ended", "validation": {"fd_own": 5.25, "coverage": 0.9, "sample_precision": 0.8}}
    return Trained(**(facts | changed)).model_dump(mode="json")


def content(tmp_path: Path, classes: list[str] | None = None, **changed: Any) -> dict[str, Any]:
    found = {"evaluate": evaluated(), "train": trained(alarms=["step 40: coverage fell"])}
    told = {
        "run": "r",
        "task": {"goal": "generate", "metric": "fd_own"},
        "data": {"classes": classes},
        "model": {"family": "r3gan"},
        "metrics": found["evaluate"]["metrics"],
        "verdict": found["evaluate"]["verdict"],
        "generation": outcome._generation(found),
        "seconds": {"total": 75.0},
        "device": "cpu",
        "path": str(tmp_path / "r"),
        "error": None,
    }
    return told | changed


def test_run_json_tells_how_it_was_judged_and_whether_it_copies() -> None:
    history = [
        Attempt(id="train", tool="train", args={}, result=trained(alarms=["a", "b"])),
        Attempt(id="evaluate", tool="evaluate", args={}, result=evaluated(flagged=True)),
    ]
    told = outcome._generation(outcome.newest(history))
    assert told is not None
    assert told["samples"] == 10_000
    assert told["real"]["fd_own"]["value"] == 1.2
    assert (told["memorized"], told["near_copies"], told["alarms"]) == (True, 120, 2)
    assert outcome._generation({"evaluate": evaluated() | {"generation": None}}) is None
    assert outcome._generation({}) is None


def test_the_last_lines_say_how_good_on_how_many_samples_and_how_to_make_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "r" / "samples").mkdir(parents=True)
    assert answers.outcome(content(tmp_path, ["0", "1"]), as_json=False) == 0
    told = capsys.readouterr().out
    assert "FD-own 4.10 (3.90 to 4.40) on 10,000 samples (lower is better)" in told
    assert "real images 1.20 (1.00 to 1.50)" in told
    assert "the simple model 35" in told
    assert "coverage 91" in told.lower()
    assert "Better than a Gaussian" in told
    assert f"samples  {tmp_path / 'r' / 'samples'}" in told
    assert f"noglue generate {tmp_path / 'r'} --count 64 [--label NAME]" in told
    assert "predict" not in told
    answers.outcome(content(tmp_path), as_json=False)
    assert "--label" not in capsys.readouterr().out


def test_a_generator_that_was_not_judged_can_still_be_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers.outcome(content(tmp_path, metrics=None, generation=None, verdict=None), as_json=False)
    told = capsys.readouterr().out
    assert "noglue generate" in told
    assert "FD-own" not in told


def test_one_line_for_each_step() -> None:
    schema = {"goal": "generate", "target": "label", "classes": ["0", "1"], "rows": {"train": 900, "test": 100}}
    schema |= {"split": "stratified", "warnings": []}
    assert (
        summary("prepare", {"schema": schema})
        == "new examples (2 classes): 900 train and 100 test rows (stratified split)"
    )
    schema |= {"target": None, "classes": None}
    assert summary("prepare", {"schema": schema}).startswith("new examples: 900 train")
    assert summary("train", trained()) == "r3gan: in training FD-own 5.25, coverage 90.0 %; the schedule ended"
    assert summary("train", trained(alarms=["x"])).endswith("; 1 collapse alarm")
    assert summary("evaluate", evaluated()) == "FD-own 4.10 (3.90 to 4.40) on 10,000 samples"
    assert "near-copies" in summary("evaluate", evaluated(flagged=True))
    assert summary("train", trained(validation={})) == "r3gan; the schedule ended"
    classifier = trained(family="resnet", metric="accuracy", validation={"log_loss": 0.1, "accuracy": 0.97})
    assert summary("train", classifier) == "resnet: validation accuracy 97.0 %; the schedule ended"


def test_the_progress_of_two_players_is_legible_in_both_consoles() -> None:
    facts = {"loss_d": 0.62, "loss_g": 0.811, "fd_own": 9.34, "coverage": 0.7, "seconds_left": 190.0}
    event = Progress(step="train", stage="step", done=400, total=9000, **facts)
    told = (
        "step 400 of 9,000 · 3:10 left · FD-own 9.34 (lower is better) · coverage 70.0 % · loss D 0.62 · loss G 0.811"
    )
    assert progress_text(event) == told
    stream = io.StringIO()
    console = PlainConsole(stream)
    console.event(Started(step="train", tool="train", number=3, why="", seconds=None))
    console._last = 0.0
    console.event(event)
    assert stream.getvalue() == f"3 train  {told}\n"


def test_a_second_try_says_why_in_both_consoles(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    started = Started(step="train", tool="train", number=3, why="learn", seconds=None)
    again = started.model_copy(update={"number": 4, "why": "The generator collapsed; trying sngan"})
    error = Failure(code=5, kind=Kind.COLLAPSED, message="The generator collapsed.")
    failed = Failed(step="train", tool="train", number=3, seconds=9.0, error=error)
    plan = Planned(planner="rules", steps=[PlannedStep(id="train", tool="train")])
    live = LiveConsole(Terminal())
    plain = PlainConsole(stream)
    for event in (plan, started, failed, again):
        live.event(event)
        plain.event(event)
    assert "4 train  again: The generator collapsed; trying sngan\n" in stream.getvalue()
    assert "3 train  again" not in stream.getvalue()
    assert "train again: The generator collapsed; trying sngan" in " ".join(capsys.readouterr().err.split())


def test_measures_are_called_what_people_call_them() -> None:
    assert (title_of("fd_own"), title_of("no_measure")) == ("FD-own", "no_measure")
    assert (direction("fd_own"), direction("coverage")) == ("lower is better", "higher is better")
