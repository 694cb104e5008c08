"""What the rules planner proposes, and how it answers what comes back. Pure functions: no process, no data."""

from pathlib import Path
from typing import Any

import pytest

from noglue.agent.plan import Plan
from noglue.agent.planners.rules import Rules
from noglue.agent.protocols import Attempt
from noglue.agent.task import Constraints, Task
from noglue.tools.spec.errors import DataError, Failure, Kind, Remedy, TaskUnclear
from noglue.tools.spec.profiles import Column, Profile

RULES = Rules()


def read(paragraph: str, data: list[str] | None = None, **constraints: Any) -> tuple[Task, Plan]:
    task = RULES.understand(paragraph, data or [], Constraints(**constraints))
    return task, RULES.plan(task)


def tools(plan: Plan) -> list[str]:
    return [step.tool for step in plan.steps]


def failed(id: str, tool: str, kind: str, args: dict[str, Any] | None = None, **data: Any) -> Attempt:
    error = {"code": 5, "kind": kind, "message": "…", "hint": "", "data": data}
    return Attempt(id=id, tool=tool, args=args or {}, error=error)


def inspected(profile: Profile, id: str = "inspect") -> Attempt:
    return Attempt(id=id, tool="inspect", args={"roots": ["x"]}, result={"profile": profile.model_dump(mode="json")})


def table(*columns: tuple[str, str, int], target: str | None = None) -> Profile:
    """columns: name, kind, number of distinct values."""
    described = [Column(name=n, kind=k, dtype="string", distinct=d) for n, k, d in columns]  # type: ignore[arg-type]
    return Profile(
        modality="table",
        reader="delimited",
        others=["parquet", "npz"],
        files={"all": ["x.csv"]},
        rows={"all": 1000},
        columns=described,
        target=target,
    )


TITANIC = table(
    ("PassengerId", "identifier", 1000), ("Survived", "boolean", 2), ("Age", "number", 88), ("Sex", "category", 2)
)


def test_images_with_named_classes_are_classified_where_the_words_are_unsure() -> None:
    task, plan = read("Recognise the numbers on scanned tickets.")
    task = task.model_copy(update={"goal": "regress", "confidence": {"goal": 0.65}})
    scans = Profile(
        modality="image", reader="idx", files={}, rows={"train": 100}, target="label", classes=["0", "1", "2"]
    )
    revised = RULES.revise(task, plan, [inspected(scans)])
    assert revised is not None
    assert revised.step("prepare").args["goal"] == "classify"
    sure = task.model_copy(update={"confidence": {"goal": 0.95}})
    revised = RULES.revise(sure, plan, [inspected(scans)])
    assert revised is not None
    assert revised.step("prepare").args["goal"] == "regress"


def test_built_in_data_needs_no_download() -> None:
    _, plan = read("Recognise handwritten digits.")
    assert tools(plan) == ["inspect", "prepare", "train", "evaluate", "report"]
    assert plan.steps[0].args["roots"] == ["builtin:digits"]


def test_a_url_is_fetched_unpacked_and_looked_at() -> None:
    _, plan = read("Classify the images at http://example.org/photos.zip")
    assert tools(plan)[:3] == ["download", "extract", "inspect"]
    assert plan.step("download").args["sources"] == ["http://example.org/photos.zip"]


def test_a_well_known_name_brings_its_official_urls_and_checksums() -> None:
    _, plan = read("Solve CIFAR-10.")
    fetch = plan.step("download").args
    assert fetch["sources"] == ["https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"]
    assert set(fetch["checksums"]) == set(fetch["sources"])


def test_without_internet_only_built_in_data_is_taken() -> None:
    with pytest.raises(TaskUnclear, match="CIFAR"):
        read("Solve CIFAR-10 without internet.")
    assert tools(read("Recognise handwritten digits, offline please.")[1])[0] == "inspect"


def test_a_path_that_is_not_there_is_told_at_once_with_what_comes_near(tmp_path: Path) -> None:
    (tmp_path / "titanic.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError) as caught:
        read("who survived?", [str(tmp_path / "titanik.csv")])
    assert "titanic.csv" in caught.value.hint


def test_what_no_family_can_do_is_refused_before_anything_is_fetched() -> None:
    with pytest.raises(TaskUnclear, match="group rows into clusters"):
        read("find groups of similar voices in the recordings at http://example.org/voices.zip")


def test_what_would_be_dropped_in_silence_is_refused() -> None:
    with pytest.raises(TaskUnclear, match="differential privacy"):
        read("classify the iris flowers with differential privacy")


def test_a_budget_leaves_time_to_evaluate() -> None:
    _, plan = read("Recognise handwritten digits.", budget_seconds=120.0)
    assert plan.step("train").reserve_seconds == 10.0
    assert plan.step("evaluate").least_seconds  # told its time, never stopped for it


def test_a_described_target_is_settled_by_the_columns() -> None:
    task, plan = read("who survived?", [__file__])
    revised = RULES.revise(task, plan, [inspected(TITANIC)])
    assert revised is not None
    assert revised.step("prepare").args == {"goal": "classify", "target": "Survived"}


def test_a_target_that_no_column_is_ends_with_the_columns_named() -> None:
    task, plan = read("predict the colour of the engine", [__file__])
    with pytest.raises(TaskUnclear, match=r"PassengerId, Survived"):
        RULES.revise(task, plan, [inspected(TITANIC)])


def test_the_data_decides_the_goal_that_the_words_leave_open() -> None:
    houses = table(("rooms", "number", 9), ("price", "number", 900))
    houses.columns[1] = Column(name="price", kind="number", dtype="double", distinct=900, minimum=1.5, maximum=9e5)
    task, plan = read("price", [__file__])
    revised = RULES.revise(task, plan, [inspected(houses)])
    assert revised is not None
    assert revised.step("prepare").args["goal"] == "regress"


@pytest.mark.parametrize("dtype", ["double", "int64"])
@pytest.mark.parametrize("words", ["predict the cortex signal", "predict the signal"])
def test_many_different_numbers_are_a_quantity_whatever_the_words_sound_like(
    words: str, dtype: str, tmp_path: Path
) -> None:
    (tmp_path / "response.csv").write_text("step,signal\n1,2\n")
    rows = table(("step", "number", 19), ("signal", "number", 800))
    rows.columns[1] = Column(name="signal", kind="number", dtype=dtype, distinct=800, minimum=-71, maximum=5207)
    task, plan = read(words, [str(tmp_path / "response.csv")])
    revised = RULES.revise(task, plan, [inspected(rows)])
    assert revised is not None
    assert revised.step("prepare").args == {"goal": "regress", "target": "signal"}


def test_text_classes_are_classified_whatever_the_verb_suggests() -> None:
    letters = table(("x", "number", 900), ("y", "category", 2))
    task, plan = read("predict y", [__file__])
    revised = RULES.revise(task, plan, [inspected(letters)])
    assert revised is not None
    assert revised.step("prepare").args == {"goal": "classify", "target": "y"}


def test_addresses_are_never_taken_for_paths() -> None:
    _, plan = read("predict y", ["HTTP://Example.org/a.csv"])
    assert plan.step("download").args["sources"][0].endswith("://Example.org/a.csv")
    with pytest.raises(DataError, match="can't be fetched"):
        read("predict y", ["ftp://example.org/a.csv"])


def test_a_file_address_is_its_path(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    _, plan = read("predict y", [f"file://{tmp_path}/a.csv"])
    assert plan.step("download").args["sources"] == [str(tmp_path / "a.csv")]


def test_too_few_rows_to_learn_from_are_refused() -> None:
    with pytest.raises(TaskUnclear, match="Nothing can be learned"):
        read("Recognise handwritten digits, from at most 5 rows.")


def test_images_without_labels_are_refused_with_what_to_do() -> None:
    task, plan = read("classify these photos", [__file__])
    bare = Profile(modality="image", reader="image_folder", files={"all": ["x"]}, rows={"all": 9})
    with pytest.raises(DataError, match="no labels"):
        RULES.revise(task, plan, [inspected(bare)])


def test_unreadable_data_is_looked_at_again_by_the_next_reader() -> None:
    task, plan = read("who survived?", [__file__])
    looked = inspected(TITANIC)
    plan = RULES.revise(task, plan, [looked]) or plan
    history = [looked, failed("prepare", "prepare", "unreadable")]
    again = RULES.revise(task, plan, history)
    assert again is not None
    assert again.step("inspect-2").args["reader"] == "parquet"
    assert tools(again).index("prepare") == tools(again).index("inspect") + 2
    found = inspected(TITANIC.model_copy(update={"reader": "parquet"}), "inspect-2")
    settled = RULES.revise(task, again, [*history, found])
    assert settled is not None
    assert settled.step("prepare").needs == {"profile": "inspect-2.profile"}


def test_out_of_memory_halves_the_batch_until_it_is_hopeless() -> None:
    task, plan = read("Recognise handwritten digits.")
    history: list[Attempt] = []
    sizes = []
    batch: int | None = 64
    while True:
        history.append(failed("train", "train", "out-of-memory", batch_size=batch))
        revised = RULES.revise(task, plan, history)
        if revised is None:
            break
        plan, batch = revised, revised.step("train").args["settings"]["batch_size"]
        sizes.append(batch)
    assert sizes == [32, 16, 8]


def test_a_family_that_can_not_run_gives_way_to_the_next() -> None:
    task, plan = read("Tell the iris species apart.")
    history = [failed("train", "train", "family-unavailable", family="table_blend", others=["boosted_trees", "linear"])]
    revised = RULES.revise(task, plan, history)
    assert revised is not None
    assert revised.step("train").args["family"] == "boosted_trees"


def of(remedy: Remedy) -> list[Kind]:
    return [kind for kind in Kind if remedy in kind.remedies]


@pytest.mark.parametrize("kind", of(Remedy.OTHER_FAMILY))
def test_every_kind_that_another_family_may_help_gets_one(kind: Kind) -> None:
    task, plan = read("Tell the iris species apart.")
    history = [failed("train", "train", str(kind), family="table_blend", others=["boosted_trees", "linear"])]
    revised = RULES.revise(task, plan, history)
    assert revised is not None
    assert revised.step("train").args["family"] == "boosted_trees"


@pytest.mark.parametrize("kind", of(Remedy.OTHER_READER))
def test_every_kind_that_another_reader_may_help_gets_one(kind: Kind) -> None:
    task, plan = read("who survived?", [__file__])
    looked = inspected(TITANIC)
    plan = RULES.revise(task, plan, [looked]) or plan
    revised = RULES.revise(task, plan, [looked, failed("prepare", "prepare", str(kind))])
    assert revised is not None
    assert revised.step("inspect-2").args["reader"] == "parquet"


@pytest.mark.parametrize("kind", [kind for kind in Kind if not kind.remedies])
@pytest.mark.parametrize("step", ["inspect", "prepare", "train"])
def test_a_kind_without_a_remedy_ends_the_run(kind: Kind, step: str) -> None:
    task, plan = read("Tell the iris species apart.")
    done = [] if step == "inspect" else [inspected(TITANIC.model_copy(update={"others": ["parquet"]}))]
    assert RULES.revise(task, plan, [*done, failed(step, step, str(kind), others=["linear"])]) is None


def test_a_kind_of_another_version_is_read_and_ends_the_run() -> None:
    error = {"code": 4, "kind": "gone-with-the-wind", "message": "It is gone.", "hint": "", "data": {}}
    assert (Failure.model_validate(error).error().kind, Failure.model_validate(error).error().message) == (
        Kind.OTHER,
        "It is gone.",
    )
    task, plan = read("Tell the iris species apart.")
    assert RULES.revise(task, plan, [failed("train", "train", "gone-with-the-wind", others=["linear"])]) is None


def test_a_source_that_the_user_named_is_never_swapped_for_another() -> None:
    task, plan = read("classify the images at http://example.org/photos.zip")
    assert RULES.revise(task, plan, [failed("download", "download", "not-found")]) is None


def test_the_report_is_told_what_only_the_run_knows() -> None:
    task, plan = read("Recognise handwritten digits.")
    done = Attempt(id="evaluate", tool="evaluate", args={}, result={}, seconds=2.5)
    revised = RULES.revise(task, plan, [inspected(TITANIC), done])
    assert revised is not None
    assert revised.step("report").args["seconds"] == {"inspect": 0.0, "evaluate": 2.5}
