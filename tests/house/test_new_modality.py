"""A modality is new files only: read, prepared, learned from and predicted, in a copy of the tree with nothing edited.
What its reader learned of the form is kept with the model.

A file `.tone` holds a short sound: numbers, one a line.
"""

import csv
import json
import math
import os
import random
import shutil
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OFF = ("--sandbox", "off")

MODALITY = '''
"""Short sounds: a file `.tone` holds numbers, one a line."""

from typing import ClassVar

from noglue.tools.spec.data_form import OwnForm
from noglue.tools.spec.modalities import ModalityPlugin, Shown
from noglue.tools.spec.profiles import Column


class ToneForm(OwnForm):
    """The loudest value of all sounds."""

    MODALITY: ClassVar[str] = "tone"

    loudest: float


def samples(path):
    """Raises ValueError, saying what is wrong with the file."""
    lines = path.read_text(errors="replace").split()
    if len(lines) < 16:
        raise ValueError("it is too short for a sound")
    return [float(line) for line in lines]


class Sounds:
    def __init__(self, column):
        self.column, self.damaged = column, {}

    def hashes(self):
        from noglue.tools.data.hashing import byte_hashes

        return byte_hashes(repr(sound).encode() for sound in self.column.to_pylist())

    def batches(self, rows):
        import pyarrow as pa

        yield {"tone": self.column.take(pa.array(rows))}


def column(raw):
    return Column(name="tone", kind="content", dtype="float32")


def contents(raw, tables):
    from noglue.tools.preparation.gathering import joined

    return Sounds(joined(tables, "tone"))


def feature(schema, column):
    import datasets

    return datasets.Sequence(datasets.Value("float32"))


def show(rows, schema, names, folder):
    most = ToneForm.known(schema.form).loudest
    return [Shown(None, {"share of the loudest": f"{max(map(abs, sound)) / most:.2f}"}) for sound in rows["tone"]]


def inputs():
    from noglue.tools.modelstore.file_inputs import FileInputs

    return FileInputs("files of tones and folders of them", lambda path: path.suffix == ".tone", samples)


MODALITY = ModalityPlugin(
    name="tone",
    plural="tones",
    noun="tones",
    piece="tone",
    example="tones/",
    search="tone dataset",
    endings="tone",
    own=("tone", "path"),
    column=column,
    contents=contents,
    feature=feature,
    show=show,
    inputs=inputs,
)
'''

WORDS = 'sure = ["tone*", "sounds", "hum*"]\n'

READER = '''
"""Folders of tones: a folder for each class."""

from noglue.tools.spec.protocols import Match, Raw

READS = "folders of tones, one folder a class"


def takes(path):
    return path.suffix == ".tone"


def sniff(files):
    tones = sorted(path for path in files if takes(path))
    if not tones:
        return None
    return Match(0.95, {"all": tones}, f"{len(tones)} tones", labels_from="the folders")


def count(match):
    return {"all": len(match.files["all"])}


def read(match, rows=None, form=None):
    import pyarrow as pa

    from noglue.tools.modalities.tone import ToneForm, samples

    good, unusable = [], {}
    for path in match.files["all"][:rows]:
        try:
            good.append((samples(path), str(path), path.parent.name))
        except ValueError as error:
            unusable[str(path)] = str(error)
    sounds, paths, labels = zip(*good)
    table = pa.table({"tone": pa.array(sounds, pa.list_(pa.float32())), "path": paths, "label": labels})
    own = ToneForm(loudest=max(abs(value) for sound in sounds for value in sound))
    return Raw("tone", {"all": table}, "label", form=form or own.kept(), unusable=unusable)
'''

FAMILY = '''
"""Tones by the nearest class mean of their spectra."""

import json

from noglue.tools.spec.protocols import Trained

BASELINE = False
ALIASES = ("nearest spectrum",)


def suits(schema):
    return 0.5 if schema.modality == "tone" and schema.goal == "classify" else 0.0


def spectra(rows):
    import numpy as np

    found = [np.abs(np.fft.rfft(np.asarray(sound), 64))[1:] for sound in rows["tone"]]
    return np.array([one / (one.sum() + 1e-9) for one in found]).reshape(len(rows), 32)


class Means:
    def __init__(self, means):
        self.means = means

    def predict(self, rows, progress=None):
        import numpy as np

        apart = ((spectra(rows)[:, None] - self.means[None]) ** 2).sum(axis=2)
        near = np.exp(-100 * (apart - apart.min(axis=1, keepdims=True)))
        return (near / near.sum(axis=1, keepdims=True)).astype(np.float32)


def train(data, model, schema, settings, step):
    import numpy as np

    from noglue.tools.spec.schema import load_split

    train, validation = load_split(data, "train"), load_split(data, "validation")
    truth, found = np.array(train[schema.target]), spectra(train)
    means = np.array([found[truth == place].mean(axis=0) for place in range(len(schema.classes))])
    (model / "means.json").write_text(json.dumps(means.tolist()))
    right = Means(means).predict(validation).argmax(axis=1) == np.array(validation[schema.target])
    return Trained(family="nearest_spectrum", parameters=int(means.size), seconds=0.01, stopped="it is fitted",
                   validation={"accuracy": float(right.mean())})


def load(model, device):
    import numpy as np

    return Means(np.array(json.loads((model / "means.json").read_text())))
'''


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The copy, with the new files beside the others, and a Python that finds it before the installed noglue."""
    tree = tmp_path / "tree"
    for name in ("agent", "tools", "tasks", "src/noglue"):
        shutil.copytree(ROOT / name, tree / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    (tree / "tools/modalities/tone.py").write_text(MODALITY)
    (tree / "tools/modalities/tone.toml").write_text(WORDS)
    (tree / "tools/readers/tone_folder.py").write_text(READER)
    (tree / "tools/models/nearest_spectrum.py").write_text(FAMILY)
    venv.create(tmp_path / "venv", with_pip=False)
    (packages,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    (packages / "tree.pth").write_text(f"{tree / 'src'}\n{sysconfig.get_path('purelib')}\n")
    return tree


def noglue(tree: Path, *arguments: str) -> str:
    """Standard output of a command of the copy."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {
        "NOGLUE_RUNS": str(tree.parent / "runs")
    }
    python = str(tree.parent / "venv" / "bin" / "python")
    command = [python, "-P", "-m", "noglue.agent.cli", *arguments, "--json"]
    ended = subprocess.run(command, cwd=tree.parent, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def sound(pitch: float, rng: random.Random) -> str:
    return "\n".join(f"{math.sin(pitch * at) + rng.gauss(0, 0.3):.4f}" for at in range(64))


def test_a_modality_is_read_learned_and_predicted_from_new_files_only(tree: Path) -> None:
    rng, place = random.Random(3), tree.parent
    for name, pitch in (("hum", 0.3), ("whistle", 2.0)):
        (place / "sounds" / name).mkdir(parents=True)
        for number in range(60):
            (place / "sounds" / name / f"{number:02d}.tone").write_text(sound(pitch, rng))
    (place / "sounds" / "hum" / "60.tone").write_text("broken")
    shutil.copy(place / "sounds" / "whistle" / "07.tone", place / "sounds" / "whistle" / "60.tone")

    heard = json.loads(noglue(tree, "plan", "classify the tones in ./sounds", "--planner", "rules"))
    assert heard["task"]["modality"] == "tone"
    outcome = json.loads(noglue(tree, "run", "tell the sounds in ./sounds apart", "--planner", "rules", *OFF))
    assert outcome["status"] == "succeeded"
    assert (outcome["task"]["goal"], outcome["task"]["modality"]) == ("classify", "tone")
    assert outcome["model"]["family"] == "nearest_spectrum"
    assert outcome["metrics"]["test"]["accuracy"]["value"] == 1.0
    rows = outcome["data"]["ledger"]
    left = {why: one["count"] for why, one in rows["left_out"].items()}
    assert left == {"tones that can't be decoded": 1}
    assert rows["found"] == 122 == rows["train"] + rows["validation"] + rows["test"] + sum(left.values())
    assert "duplicates" in {warning["kind"] for warning in outcome["data"]["warnings"]}
    assert "share of the loudest" in (place / "runs" / "latest" / "report.html").read_text()

    (place / "new").mkdir()
    (place / "new" / "a.tone").write_text(sound(2.0, rng))
    (place / "new" / "b.tone").write_text("nothing")
    (place / "new" / "c.tone").write_text(sound(0.3, rng))
    noglue(tree, "predict", "latest", "new/", "--out", "told.csv", *OFF)
    with (place / "told.csv").open() as file:
        told = [(row["input"], row["prediction"], row["problem"]) for row in csv.DictReader(file)]
    assert told == [
        ("new/a.tone", "whistle", ""),
        ("new/b.tone", "", "it is too short for a sound"),
        ("new/c.tone", "hum", ""),
    ]
