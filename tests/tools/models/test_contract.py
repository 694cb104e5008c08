"""Every model family in the folder, held to the `Family` protocol on a small data set of each kind that it suits."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from noglue.tools import models
from noglue.tools.spec import catalogue, goals, usual
from noglue.tools.spec.profiles import GoalName, ImageShape, ModalityName
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Step
from tests.tools.models import _image_data, _series_data, _sound_data, _table_data
from tests.tools.models._in_memory import must_say_the_same

NAMES = catalogue.names("noglue.tools.models")
HEAVY = ("torch", "datasets", "sklearn", "pandas", "lightgbm", "catboost", "scipy", "pyarrow", "numpy")
# Others: test_generating_families.py, _forecasts/.
GOALS = tuple(name for name in goals.names() if not goals.makes_new(name) and not goals.continues(name))
MODALITIES: tuple[ModalityName, ...] = ("table", "image", "audio", "series")
Ask = Callable[[str, Path, Path], np.ndarray]
FEWER: dict[str, dict[str, float]] = {
    "airbench": {"aim": 94, "width": 0.125},
    "forest": {"trees": 40},
    "sound_net": {"width": 0.125},
}  # so that a training is a matter of seconds


def example(modality: ModalityName, goal: GoalName) -> Schema:
    """A schema without its data, of the size of what is trained on below."""
    image = ImageShape(height=8, width=8, channels=1) if modality == "image" else None
    return usual.schema(goal, modality, rows={"train": 100, "validation": 20}, counts=None, image=image)


CASES = [
    (name, modality, goal)
    for name in NAMES
    for modality in MODALITIES
    for goal in GOALS
    if catalogue.load("noglue.tools.models", name).suits(example(modality, goal)) > 0 and models.lack(name) is None
]


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """Prepared data by modality and goal, a test split among them."""
    runs = {
        (modality, goal): tmp_path_factory.mktemp(f"{modality}-{goal}") for modality in MODALITIES for goal in GOALS
    }
    pixels, labels = _image_data.digits(300)
    for goal in GOALS:
        predicts = goals.predicts(goal)
        _table_data.builtin(runs["table", goal], "diabetes" if predicts == "values" else "wine", most=120)
        run = runs["image", goal]
        names = [str(digit) for digit in range(10)] if predicts == "classes" else None
        parts = [_image_data.array_rows(pixels[a:b], labels[a:b], names) for a, b in ((0, 180), (180, 240), (240, 300))]
        _image_data.prepared(run, parts[0], parts[1], names)
        parts[2].save_to_disk(str(run / "sealed" / "test"))
        _sound_data.prepared(runs["audio", goal], classes=predicts == "classes")
        series, kinds = _series_data.digits(300)
        _series_data.prepared(runs["series", goal], series, kinds, (180, 240), names)
        for modality in MODALITIES:
            _of_goal(runs[modality, goal] / "data", goal)
    return runs


def _of_goal(data: Path, goal: GoalName) -> None:
    """The schema with this goal; one that needs no target has none, and its rows keep a column that nobody uses."""
    schema = Schema.load(data)
    facts: dict[str, object] = {"goal": goal}
    if not goals.needs_target(goal):
        facts |= {"target": None, "classes": None, "counts": None}
    schema.model_copy(update=facts).save(data)


def train(name: str, run: Path, folder: Path) -> Trained:
    """One quick training with everything left in FOLDER/model."""
    (folder / "model").mkdir(parents=True)
    step = Step(folder=folder, run=run, seed=5)
    schema = Schema.load(run / "data")
    trained = catalogue.load("noglue.tools.models", name).train(
        run / "data", folder / "model", schema, Settings(epochs=3, options=FEWER.get(name, {})), step
    )
    assert isinstance(trained, Trained)
    return trained


def test_every_kind_of_data_has_a_baseline_and_something_better() -> None:
    for modality, goal in {(modality, goal) for _, modality, goal in CASES}:
        able = [name for name, *kind in CASES if kind == [modality, goal]]
        simple = [name for name in able if catalogue.load("noglue.tools.models", name).BASELINE]
        assert simple or not goals.needs_target(goal), f"{goal} {modality}: no baseline"
        assert len(able) > len(simple), f"{goal} {modality}: nothing but baselines"
    assert ("table", "classify") in {(modality, goal) for _, modality, goal in CASES}


def test_asking_what_suits_imports_nothing_heavy() -> None:
    schemas = [example(modality, goal).model_dump_json() for modality in MODALITIES for goal in GOALS]
    program = f"""
import json, sys
from noglue.tools.spec import catalogue
from noglue.tools.spec.schema import Schema
for name in catalogue.names("noglue.tools.models"):
    family = catalogue.load("noglue.tools.models", name)
    assert isinstance(family.BASELINE, bool), name
    for schema in {schemas!r}:
        assert 0 <= family.suits(Schema.model_validate_json(schema)) <= 1, name
    heavy = set({HEAVY!r}[:-1]) & set(sys.modules)
    assert not heavy, f"{{name}} imports {{heavy}} to say what suits it"
"""
    subprocess.run([sys.executable, "-P", "-c", program], check=True, timeout=60)


@pytest.mark.parametrize(("name", "modality", "goal"), CASES)
def test_trains_predicts_and_needs_nothing_but_its_folder(
    name: str,
    modality: ModalityName,
    goal: GoalName,
    data: dict[tuple[str, str], Path],
    in_a_fresh_process: Ask,
    tmp_path: Path,
) -> None:
    run = data[modality, goal]
    trained = train(name, run, tmp_path / "first")
    assert trained.family == name
    assert trained.stopped
    assert trained.seconds > 0
    assert all(tried.seconds > 0 for tried in trained.candidates), "a model was tried in no time"
    assert trained.validation or not goals.needs_target(goal)
    assert all(np.isfinite(score) for score in trained.validation.values())
    json.dumps(trained.model_dump(mode="json"), allow_nan=False)

    test = load_split(run / "sealed", "test")
    told: list[tuple[int, int]] = []
    model = catalogue.load("noglue.tools.models", name).load(tmp_path / "first" / "model", "cpu")
    predicted = model.predict(
        test.remove_columns([name for name in ("label", "target") if name in test.column_names]),
        lambda *at: told.append(at),
    )
    check_shape(predicted, len(test), Schema.load(run / "data"))
    assert told[-1] == (len(test), len(test))
    assert len(model.predict(test.select([]))) == 0
    assert np.allclose(model.predict(test.select([3, 1])), predicted[[3, 1]], atol=1e-4)

    alone = tmp_path / "alone"
    shutil.copytree(tmp_path / "first" / "model", alone / "model")
    shutil.rmtree(tmp_path / "first")
    assert np.array_equal(in_a_fresh_process(name, alone, run / "sealed" / "test"), predicted)
    pickles = [file for file in (alone / "model").rglob("*") if file.is_file() and is_pickled(file)]
    assert not pickles
    must_say_the_same(alone, name, test, Schema.load(run / "data"), tmp_path / "asked")

    if goals.predicts(goal) != "values":
        train(name, run, tmp_path / "again")
        twin = catalogue.load("noglue.tools.models", name).load(tmp_path / "again" / "model", "cpu")
        assert np.array_equal(twin.predict(test), predicted), "the same seed gave another model"


def check_shape(predicted: np.ndarray, count: int, schema: Schema) -> None:
    assert np.isfinite(predicted).all()
    if schema.predicts == "classes":
        assert predicted.dtype == np.float32
        assert predicted.shape == (count, len(schema.classes or []))
        assert np.allclose(predicted.sum(axis=1), 1, atol=1e-4)
        assert (predicted >= 0).all()
    else:
        assert predicted.dtype == np.float64
        assert predicted.shape == (count,)


# Forks a process for each line that it reads, so that each begins with the libraries imported and nothing of noglue.
FRESH = """
import json, os, sys
import datasets, numpy, torch
for line in sys.stdin:
    name, folder, rows = json.loads(line)
    child = os.fork()
    if child == 0:
        try:
            os.chdir(folder)
            from pathlib import Path
            from noglue.tools.spec import catalogue
            model = catalogue.load("noglue.tools.models", name).load(Path(folder, "model"), "cpu")
            numpy.save("said.npy", model.predict(datasets.load_from_disk(rows)))
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    print(os.waitpid(child, 0)[1], flush=True)
"""


@pytest.fixture(scope="module")
def in_a_fresh_process() -> Iterator[Ask]:
    """What the model in FOLDER/model says, asked for by a process that starts in that folder, empty else."""
    command = [sys.executable, "-P", "-c", FRESH]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        given, answered = server.stdin, server.stdout

        def ask(name: str, folder: Path, rows: Path) -> np.ndarray:
            print(json.dumps([name, str(folder), str(rows)]), file=given, flush=True)
            assert answered.readline() == "0\n"
            return np.asarray(np.load(folder / "said.npy"))

        yield ask
        given.close()


def is_pickled(file: Path) -> bool:
    """A pickle of protocol 2 to 5 starts with its number and ends with a full stop; torch's zip holds `data.pkl`."""
    content = file.read_bytes()
    return (content[:1] == b"\x80" and content[1:2] in b"\x02\x03\x04\x05" and content.endswith(b".")) or (
        content.startswith(b"PK") and b".pkl" in content
    )
