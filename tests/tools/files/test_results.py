"""What a step leaves is read with distrust."""

import os
from pathlib import Path

import pytest

from noglue.tools.files.step_result import publish, read_result
from noglue.tools.spec.errors import StepFailed


def test_a_plain_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_bytes(b"x" * 3_000_000)
    assert read_result(tmp_path / "result.json", 3_000_000) == b"x" * 3_000_000


def test_a_missing_file_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_result(tmp_path / "result.json", 100)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("kind", ["pipe", "link", "dangling link", "folder", "large", "endless", "through a link"])
def test_anything_else_is_refused_without_waiting(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    secret = tmp_path / "secret"
    secret.write_text("secret")
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "link":
        file.symlink_to(secret)
    elif kind == "dangling link":
        file.symlink_to(tmp_path / "nowhere")
    elif kind == "folder":
        file.mkdir()
    elif kind == "large":
        file.write_bytes(b"x" * 101)
    elif kind == "endless":
        file.symlink_to("/dev/zero")
    else:
        (tmp_path / "inner").symlink_to(tmp_path)
    with pytest.raises((StepFailed, FileNotFoundError)) as caught:
        read_result(file, 100)
    assert "secret" not in str(caught.value)
    assert isinstance(caught.value, StepFailed) == (kind != "through a link")


def test_a_sparse_giant_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "result.json").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(StepFailed, match="larger than"):
        read_result(tmp_path / "result.json", 1 << 20)


def test_a_file_is_published_in_place_of_the_old_one(tmp_path: Path) -> None:
    folder, run = tmp_path / "step", tmp_path / "run"
    folder.mkdir()
    run.mkdir()
    (folder / "predictions.csv").write_text("input,prediction\n0,a\n")
    (run / "predictions.csv").write_text("old")
    publish(folder, "predictions.csv", run / "predictions.csv")
    assert (run / "predictions.csv").read_text() == "input,prediction\n0,a\n"
    assert [file.name for file in run.iterdir()] == ["predictions.csv"]


def test_a_published_file_is_a_copy_with_modes_of_its_own(tmp_path: Path) -> None:
    source = tmp_path / "a"
    source.write_text("x")
    source.chmod(0o4777)
    publish(tmp_path, "a", tmp_path / "b")
    assert (tmp_path / "b").stat().st_mode & 0o7111 == 0
    source.write_text("changed")
    assert (tmp_path / "b").read_text() == "x"


def test_a_folder_of_files_is_published(tmp_path: Path) -> None:
    samples = tmp_path / "step" / "samples"
    (samples / "inner").mkdir(parents=True)
    (samples / "a.png").write_bytes(b"a")
    (samples / "inner" / "b.png").write_bytes(b"b")
    publish(tmp_path / "step", "samples", tmp_path / "samples")
    assert (tmp_path / "samples" / "inner" / "b.png").read_bytes() == b"b"


@pytest.mark.timeout(10)
@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_links_and_pipes_are_not_published(kind: str, inside: bool, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    folder = tmp_path / "step"
    (folder / "samples").mkdir(parents=True)
    planted = folder / ("samples/x" if inside else "x")
    if kind == "pipe":
        os.mkfifo(planted)
    else:
        planted.symlink_to(secret)
    name = "samples" if inside else "x"
    with pytest.raises(StepFailed, match="not a plain file"):
        publish(folder, name, tmp_path / name)
    assert not any(path.is_file() for path in (tmp_path / "samples").rglob("*"))
    assert not (tmp_path / "x").exists()


def test_a_link_at_the_destination_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "source").write_text("new")
    (tmp_path / "precious").write_text("old")
    (tmp_path / "destination").symlink_to(tmp_path / "precious")
    publish(tmp_path, "source", tmp_path / "destination")
    assert (tmp_path / "precious").read_text() == "old"
    assert (tmp_path / "destination").read_text() == "new"
    assert not (tmp_path / "destination").is_symlink()
