"""`noglue generate` as a user has it: images, a page, provenance, signatures, and what is refused."""

import csv
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from noglue.agent import resume, signing_keys, user_key
from noglue.agent.commands import image_batch, verify
from noglue.agent.journal import Journal
from noglue.agent.redact import Redactor
from noglue.agent.run_folder import RunFolder
from noglue.tools import generate, train
from noglue.tools.generation import provenance
from noglue.tools.generation.signing import SigningKey, fingerprint, model_sha256
from noglue.tools.pictures import png
from noglue.tools.spec.errors import StepFailed
from tests.agent.command_line import answer, environment, noglue, start
from tests.tools.generators import NAMES, learned
from tests.tools.preparing import Run


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs: `digits`, `unlabelled`, and `iris`, a classifier."""
    home = tmp_path_factory.mktemp("home")
    learned(home / "runs" / "digits", side=16, colour=True)
    learned(home / "runs" / "unlabelled", names=None)
    run = Run(home / "runs" / "iris")
    run.prepare("builtin:iris")
    train.run(train.Args(family="linear", baseline=False), run.step("train"))
    (run.folder / "task.json").write_text('{"constraints": {}}')
    for name in ("digits", "unlabelled", "iris"):
        signed(home, home / "runs" / name)
    return home


def signed(home: Path, run: Path) -> None:
    """As this user's noglue leaves a run of its own."""
    found = user_key.own(environment(home))
    assert found.key is not None, found.why
    Journal(run, Redactor({}), found.key).close()


@pytest.fixture(scope="module")
def made(home: Path) -> dict[str, Any]:
    return answer(home, "generate", "digits", "--count", "30", "--seed", "5", "--out", "made")


def images(folder: Path) -> list[Path]:
    return sorted(folder.glob("0*.png"))


def pixels_of(file: Path) -> np.ndarray:
    with Image.open(file) as image:
        return np.asarray(image)


def test_images_a_page_labels_and_provenance(home: Path, made: dict[str, Any]) -> None:
    assert (made["exit"], made["run"], made["count"], made["seed"], made["label"]) == (0, "digits", 30, 5, None)
    folder = Path(made["path"])
    told = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    names = [file["file"] for file in told["files"]]
    assert sorted(names) == sorted(file.name for file in folder.iterdir() if file.name != "provenance.json")
    for file in told["files"]:
        assert hashlib.sha256((folder / file["file"]).read_bytes()).hexdigest() == file["sha256"]
    assert (told["family"], told["seed"], told["count"], told["synthetic"]) == ("pixels_gaussian", 5, 30, True)
    assert told["model_sha256"] == made["model_sha256"] == model_sha256(home / "runs" / "digits" / "model")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", told["time"])
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows] == [file.name for file in images(folder)]
    assert len({row["label"] for row in rows}) > 5
    for number, row in enumerate(rows):
        assert row["label"] in NAMES
        assert row["file"] == f"{number:06d}-{row['label'].replace('/', '-')}.png"
    assert pixels_of(images(folder)[0]).shape == (16, 16, 3)
    assert pixels_of(folder / "grid.png").shape[1] > 6 * 16
    about = provenance.check_image((folder / "grid.png").read_bytes())
    assert (about.kind, about.index, about.run) == ("page", None, "digits")


def test_a_seed_makes_the_same_images_again_and_more_of_them(home: Path, made: dict[str, Any], tmp_path: Path) -> None:
    answer(home, "generate", "digits", "--count", "70", "--seed", "5", "--out", str(tmp_path / "more"))
    first, again = images(Path(made["path"])), images(tmp_path / "more")
    assert [file.name for file in again[:30]] == [file.name for file in first]
    for one, other in zip(first, again, strict=False):
        assert (pixels_of(one) == pixels_of(other)).all()


def test_each_call_without_a_seed_makes_new_images_in_a_new_folder(home: Path) -> None:
    calls = [answer(home, "generate", "digits", "--count", "2") for _ in range(2)]
    assert [Path(call["path"]).name for call in calls] == ["samples", "samples-2"]
    assert calls[0]["seed"] != calls[1]["seed"]
    one, two = (pixels_of(images(Path(call["path"]))[0]) for call in calls)
    assert (one != two).any()
    told = json.loads((home / "samples" / "provenance.json").read_text(encoding="utf-8"))
    assert told["seed"] == calls[0]["seed"]


def test_one_class_whatever_its_case(home: Path, tmp_path: Path) -> None:
    told = answer(home, "generate", "digits", "--count", "3", "--label", "NINE/neuf", "--out", str(tmp_path / "nines"))
    assert told["label"] == "nine/neuf"
    assert [file.name for file in images(tmp_path / "nines")] == [f"00000{i}-nine-neuf.png" for i in range(3)]


def test_a_model_without_classes(home: Path, tmp_path: Path) -> None:
    done = noglue(home, "generate", "unlabelled", "--count", "2", "--out", str(tmp_path / "x"))
    assert done.returncode == 0
    assert "2 images in" in done.stdout
    assert sorted(file.name for file in (tmp_path / "x").iterdir()) == [
        "000000.png", "000001.png", "grid.png", "provenance.json",
    ]  # fmt: skip
    assert pixels_of(tmp_path / "x" / "000000.png").shape == (8, 8)


def test_a_model_folder_alone_generates(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home / "runs" / "digits" / "model", tmp_path / "carried")
    told = answer(home, "generate", str(tmp_path / "carried"), "--count", "2", "--out", str(tmp_path / "o"))
    assert (told["exit"], told["run"], told["key_kept"]) == (0, "carried", False)
    assert noglue(home, "generate", "--verify", str(tmp_path / "o")).returncode == 0
    assert not list((home / "runs").glob(".predict-*"))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("generate", "digits", "--label", "thre"), "Did you mean 'three'?"),
        (("generate", "unlabelled", "--label", "three"), "without classes"),
        (("generate", "iris"), "it classifies"),
        (("predict", "digits", "."), "it generates"),
        (("generate", "digits", "--count", "0"), "1 to 1,000,000"),
        (("generate", "digits", "--count", "1000001"), "1 to 1,000,000"),
        (("generate", "nowhere"), "no run 'nowhere'"),
        (("generate",), "Name the run"),
        (("generate", "digits", "iris"), "one run"),
        (("generate", "--verify"), "Nothing is named to verify"),
        (("generate", "--verify", "x.png", "--count", "3"), "--verify makes no images"),
        (("generate", "unlabelled", "--verify", "full"), "has signed nothing"),
        (("generate", "iris", "--verify"), "has made no images yet"),
        (("generate", "digits", "--out", "full"), "is not empty"),
        (("generate", "digits", "--out", "full/mine.txt"), "is a file"),
    ],
)  # fmt: skip
def test_bad_usage(home: Path, tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    shutil.copytree(home / "runs", tmp_path / "runs", ignore=shutil.ignore_patterns("data", "keys", "latest"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    done = noglue(tmp_path, *arguments)
    assert done.returncode == 2, done.stderr
    assert told in " ".join((done.stdout + done.stderr).split())
    assert (tmp_path / "full" / "mine.txt").read_text() == "mine"
    assert [file.name for file in (tmp_path / "full").iterdir()] == ["mine.txt"]
    assert not (tmp_path / "samples").exists()


# ---- signatures ----------------------------------------------------------------------------------------------------


def test_the_key_is_the_run_s_own_and_no_step_can_read_it(home: Path, made: dict[str, Any]) -> None:
    from noglue.tools.sandbox import choose
    from noglue.tools.spec.sandboxes import Confinement

    run = home / "runs" / "digits"
    private = run / signing_keys.FOLDER / signing_keys.PRIVATE
    assert private.stat().st_mode & 0o777 == 0o600
    assert made["key"] == fingerprint(signing_keys.public(run))
    assert not any(signing_keys.FOLDER in place for place in (*generate.ACCESS.reads, *generate.ACCESS.writes))
    chosen = choose("auto")
    if chosen.name == "off":
        pytest.skip("no sandbox works here")
    step = run / "steps" / "99-look"
    step.mkdir()
    told = {}
    for file in (run / "model" / "model.json", private):
        with (step / "log.txt").open("wb") as log:
            inside = Confinement(folder=step, reads=tuple(run / name for name in generate.ACCESS.reads))
            child = chosen.sandbox.start(["cat", str(file)], inside, log)
            told[file.name] = child.stdout.read()
            child.wait()
            child.stdout.close()
    shutil.rmtree(step)
    assert told["model.json"]
    assert told[private.name] == b""


def test_untouched_images_verify_alone_as_a_batch_and_by_the_run_s_key(home: Path, made: dict[str, Any]) -> None:
    [one, two, *_] = images(Path(made["path"]))
    done = noglue(home, "generate", "--verify", str(one), str(two))
    assert done.returncode == 0
    assert done.stdout.count(f"signed by {made['key']} of the run digits, image unchanged") == 2
    assert "To check whose key that is" in done.stdout
    done = noglue(home, "generate", "digits", "--verify", str(one))
    assert done.returncode == 0
    assert "To check whose key that is" not in done.stdout
    told = answer(home, "generate", "--verify", str(Path(made["path"]) / "provenance.json"))
    assert (told["exit"], told["ok"], told["wrong"], told["checked"]) == (0, True, [], 32)


def forged(data: bytes) -> bytes:
    """Another picture under the same claim, signed by a key of the forger's own."""
    claim = provenance.check_image(data)
    origin = claim.model_dump(include=set(provenance.Origin.model_fields))
    pixels = np.zeros((claim.height, claim.width, claim.channels), np.uint8)
    return provenance.image(origin, claim.index, claim.label, pixels, SigningKey.new())


def repainted(data: bytes) -> bytes:
    from PIL.PngImagePlugin import PngInfo

    image = Image.open(io.BytesIO(data))
    words = PngInfo()
    for name, text in image.text.items():  # type: ignore[attr-defined]
        words.add_itxt(name, text)
    image.putpixel((2, 2), (1, 2, 3))
    out = io.BytesIO()
    image.save(out, "PNG", pnginfo=words)
    return out.getvalue()


def stripped(data: bytes) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(data)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("change", "alone", "beside"),
    [
        (repainted, "pixels were altered", "pixels were altered"),
        (stripped, "carries no signature", "carries no signature"),
        (
            forged,
            "signed with a different key from the provenance.json",
            "signed with a different key from provenance.json",
        ),
        (lambda data: data[:200], "can't be read as a PNG", "can't be read as a PNG"),
    ],
    ids=["repainted", "stripped", "forged", "cut"],
)
def test_what_was_done_to_an_image_is_told(
    home: Path, made: dict[str, Any], tmp_path: Path, change: Any, alone: str, beside: str
) -> None:
    folder = tmp_path / "made"
    shutil.copytree(made["path"], folder)
    file = images(folder)[3]
    file.write_bytes(change(file.read_bytes()))
    told = answer(home, "generate", "--verify", str(file))
    assert (told["exit"], told["ok"], len(told["wrong"])) == (5, False, 1)
    assert alone in told["wrong"][0]["why"]
    told = verify.verify([folder])
    assert not told["ok"]
    assert [(Path(wrong["file"]).name, beside in wrong["why"]) for wrong in told["wrong"]] == [(file.name, True)]


def test_a_forged_image_that_lies_alone_needs_the_run_to_be_found(
    home: Path, made: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "alone.png"
    file.write_bytes(forged(images(Path(made["path"]))[0].read_bytes()))
    assert noglue(home, "generate", "--verify", str(file)).returncode == 0
    done = noglue(home, "generate", "digits", "--verify", str(file))
    assert done.returncode == 5
    assert "a different key from the run digits's" in done.stdout


def test_a_batch_with_files_lost_swapped_or_repacked(home: Path, made: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "made"
    shutil.copytree(made["path"], folder)
    lost, one, two, packed, *_ = images(folder)
    lost.unlink()
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    words = png.decode(packed.read_bytes()).texts
    packed.write_bytes(png.encode(pixels_of(packed), dict(reversed(words.items()))))
    (folder / "labels.csv").write_text("file,label\n")
    told = answer(home, "generate", "digits", "--verify", str(folder))
    assert told["exit"] == 5
    assert {Path(wrong["file"]).name: wrong["why"].split()[-1] for wrong in told["wrong"]} == {
        lost.name: "missing.", one.name: "lists.", two.name: "lists.", "labels.csv": "lists.",
    }  # fmt: skip
    assert [Path(file).name for file in told["repacked"]] == [packed.name]
    content = json.loads((folder / "provenance.json").read_text(encoding="utf-8")) | {"seed": 6}
    (folder / "provenance.json").write_text(json.dumps(content))
    done = noglue(home, "generate", "--verify", str(folder))
    assert done.returncode == 5
    assert "signature does not match" in done.stdout


def test_an_image_that_provenance_does_not_list_is_told(home: Path, made: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "made"
    shutil.copytree(made["path"], folder)
    assert noglue(home, "generate", "--verify", str(folder)).returncode == 0
    (folder / "notes.txt").write_text("mine")
    (folder / "000099-photo.PNG").write_bytes(stripped(images(folder)[0].read_bytes()))
    told = answer(home, "generate", "digits", "--verify", str(folder))
    assert (told["exit"], told["ok"]) == (5, False)
    [wrong] = told["wrong"]
    assert (Path(wrong["file"]).name, "does not list it" in wrong["why"]) == ("000099-photo.PNG", True)


def test_a_run_alone_has_its_last_images_verified(home: Path, tmp_path: Path) -> None:
    last = Path(answer(home, "generate", "digits", "--count", "3", "--out", str(tmp_path / "last"))["path"])
    told = answer(home, "generate", "digits", "--verify")
    assert (told["exit"], told["key_known"], [Path(one["file"]).parent for one in told["signed"]]) == (0, True, [last])
    shutil.rmtree(last)
    done = noglue(home, "generate", "digits", "--verify")
    assert done.returncode == 4
    assert f"no file {last}" in " ".join(done.stderr.split())


def test_a_folder_to_verify_without_generated_images(home: Path, made: dict[str, Any], tmp_path: Path) -> None:
    for words in (["digits", "--verify", str(tmp_path)], [str(tmp_path), "--verify"]):
        done = noglue(home, "generate", *words)
        assert done.returncode == 4
        assert "holds no images of `noglue generate`" in " ".join(done.stderr.split())


def test_a_file_to_verify_that_is_not_there(home: Path, made: dict[str, Any]) -> None:
    done = noglue(home, "generate", "--verify", "nowhere.png")
    assert done.returncode == 4
    assert "no file nowhere.png" in done.stderr


# ---- what breaks off -----------------------------------------------------------------------------------------------


def test_ctrl_c_leaves_nothing_that_looks_whole(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = start(home, "generate", "digits", "--count", "1000000", "--out", str(out))
    limit = time.monotonic() + 60
    while not (found := list((home / "runs" / "digits" / "steps").glob("*/pixels.raw"))):
        assert time.monotonic() < limit
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    told, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in told + err
    assert not out.exists()
    assert not found[0].exists()


def test_what_was_generated_is_no_part_of_the_run(home: Path, made: dict[str, Any]) -> None:
    run = RunFolder(home / "runs" / "digits")
    assert resume.history(run) == []
    events = [json.loads(line) for line in (run.path / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    content = json.loads((Path(made["path"]) / "provenance.json").read_text(encoding="utf-8"))
    assert any(event.get("signature") == content["signature"] for event in events)
    assert not list(run.path.glob("steps/*/*.raw"))
    assert noglue(home, "log", "digits", "--verify").returncode == 0


FULL = """
import resource, sys
from pathlib import Path
import numpy as np
from noglue.agent.commands import image_batch as batch
from noglue.tools.generation.signing import SigningKey
step, out = Path(sys.argv[1]), Path(sys.argv[2])
arrays = batch.Arrays(step, {"count": 300, "height": 64, "width": 64, "channels": 3, "classes": None})
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))  # an image fits, the page does not
origin = dict(run="r", family="f", model_sha256="ab" * 32, seed=1, device="cpu", time="t", noglue="0")
try:
    batch.write(arrays, out, origin, None, SigningKey.new(), lambda done, total: None)
except OSError as error:
    print(error.strerror)
"""


@pytest.mark.parametrize("was_there", [False, True])
def test_a_disk_that_fills_up_leaves_the_folder_as_it_was(tmp_path: Path, was_there: bool) -> None:
    step, out = tmp_path / "step", tmp_path / "out"
    step.mkdir()
    if was_there:
        out.mkdir()
    random = np.random.default_rng(0).integers(0, 256, 300 * 64 * 64 * 3, dtype=np.uint8)
    random.tofile(step / "pixels.raw")
    command = [sys.executable, "-P", "-c", FULL, str(step), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment(tmp_path))
    assert done.stdout == "File too large\n", done.stderr
    assert out.exists() == was_there
    assert not was_there or not list(out.iterdir())


def test_an_out_folder_that_can_not_be_made(home: Path) -> None:
    done = noglue(home, "generate", "digits", "--count", "1", "--out", "/proc/none/here")
    assert done.returncode == 5
    assert "can't be written to /proc/none/here" in " ".join(done.stderr.split())


def test_what_a_step_leaves_is_read_with_distrust(tmp_path: Path) -> None:
    told = {"count": 2, "height": 4, "width": 4, "channels": 1, "classes": ["a", "b"]}
    (tmp_path / "pixels.raw").write_bytes(bytes(32))
    for labels in ([0, 2], [-1, 0], [0]):
        np.array(labels, "<i8").tofile(tmp_path / "labels.raw")
        with pytest.raises(StepFailed):
            image_batch.Arrays(tmp_path, told)
    np.array([1, 0], "<i8").tofile(tmp_path / "labels.raw")
    assert image_batch.Arrays(tmp_path, told).label(0) == "b"
    (tmp_path / "pixels.raw").write_bytes(bytes(31))
    with pytest.raises(StepFailed, match="as large"):
        image_batch.Arrays(tmp_path, told)
    (tmp_path / "pixels.raw").unlink()
    (tmp_path / "pixels.raw").symlink_to("/etc/passwd")
    with pytest.raises(StepFailed, match="plain file"):
        image_batch.Arrays(tmp_path, told)
    (tmp_path / "pixels.raw").unlink()
    os.mkfifo(tmp_path / "pixels.raw")
    with pytest.raises(StepFailed, match="plain file"):
        image_batch.Arrays(tmp_path, told)


@pytest.mark.parametrize(
    ("label", "name"),
    [(None, "000017.png"), ("Ankle boot", "000017-ankle-boot.png"), ("T-shirt/top", "000017-t-shirt-top.png"),
     ("../../etc", "000017-etc.png"), ("Katze (groß)", "000017-katze-gross.png"), ("猫", "000017-猫.png"),
     ("\x00\n", "000017.png"), ("x" * 300, f"000017-{'x' * 40}.png")],
)  # fmt: skip
def test_file_names(label: str | None, name: str) -> None:
    assert image_batch.file_name(17, label) == name


def test_a_damaged_key_is_told_of_and_a_link_is_not_followed(tmp_path: Path) -> None:
    first = signing_keys.own(tmp_path)
    assert signing_keys.own(tmp_path).public == first.public == signing_keys.public(tmp_path)
    private = tmp_path / signing_keys.FOLDER / signing_keys.PRIVATE
    private.rename(tmp_path / "elsewhere.pem")
    private.symlink_to(tmp_path / "elsewhere.pem")
    with pytest.raises(StepFailed, match="plain file"):
        signing_keys.own(tmp_path)
    private.unlink()
    private.write_text("nonsense")
    with pytest.raises(StepFailed, match="damaged"):
        signing_keys.own(tmp_path)
