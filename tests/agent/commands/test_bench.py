"""The benchmark tasks: read as what they measure, and told beside what may be compared with them."""

from typing import Any

import pytest

from noglue.agent.request import read
from noglue.agent.request.names import key
from noglue.agent.task import Constraints
from noglue.tasks import bench
from noglue.tools import metrics

TASKS = bench.load_all()
SCORE = {"value": 4.1234, "low": 3.9, "high": 4.4, "n": 10_000}


def row(task: str, **changed: Any) -> dict[str, Any]:
    told = {
        "task": task,
        "metric": TASKS[task].metric,
        "test": SCORE,
        "also": {},
        "generation": None,
        "seconds": {"total": 61.0},
        "device": "cpu",
        "error": None,
    }
    return told | changed


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_read_as_what_it_measures(name: str) -> None:
    task = read(TASKS[name].paragraph, TASKS[name].data, Constraints())
    metric = metrics.load(TASKS[name].metric)
    assert task.goal in (metric.goal, None)
    assert task.metric in (metric.name, None)


def test_what_generators_are_judged_by_is_never_compared_with_published_fid() -> None:
    for name, task in TASKS.items():
        if metrics.load(task.metric).goal == "generate":
            assert {anchor.metric for anchor in task.anchors} <= {"fid"}, name
    line = bench._line(row("cifar10-generate"), TASKS["cifar10-generate"])
    assert "FID 1.96 R3GAN (Huang et al. 2024), not comparable with FD-own" in line


def test_a_generator_is_told_with_its_samples_and_what_real_images_get() -> None:
    generation = {"samples": 10_000, "real": {"fd_own": SCORE | {"value": 1.2}}}
    also = {"coverage": {"value": 0.91, "low": 0.9, "high": 0.92, "n": 10_000}}
    line = bench._line(row("mnist-generate", generation=generation, also=also), TASKS["mnist-generate"])
    for told in ("FD-own", "4.12 (3.90 to 4.40)", "10,000 samples", "lower is better", "real images 1.2", "91.0 %"):
        assert told in line, line


def test_a_score_on_the_same_split_is_set_beside_a_classifier() -> None:
    found = {"value": 0.985, "low": 0.98, "high": 0.99, "n": 10_000}
    line = bench._line(row("mnist-100-labels", test=found), TASKS["mnist-100-labels"])
    assert "98.5 % (98.0–99.0 %)" in line
    assert "0.9907 semi-supervised GAN" in line
    assert "not comparable" not in line


def test_a_measure_that_a_run_did_not_give_is_no_crash() -> None:
    assert "not measured" in bench._line(row("mnist-generate", test=None), TASKS["mnist-generate"])


def test_few_labels_are_part_of_the_task() -> None:
    task = read(TASKS["mnist-100-labels"].paragraph, [], Constraints())
    assert task.constraints.stated() == {"labels": 100, "family": "semi_gan"}
    assert [key(source) for source in task.sources] == ["mnist"]
