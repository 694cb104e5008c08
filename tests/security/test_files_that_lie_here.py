"""What a stranger may have left where noglue writes or reads by default: links, pipes, and folders in their place."""

import os
from pathlib import Path

import pytest

from noglue.agent.run_folder import RunFolder
from tests.agent.command_line import noglue


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a link to a file of the user's, where predictions go by default."""
    (tmp_path / ".bash_profile").write_text("mine\n")
    (tmp_path / ".bash_profile").chmod(0o600)
    (tmp_path / "new.csv").write_text("a\n1\n")
    return tmp_path


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", ["link", "dangling link", "pipe", "folder"])
@pytest.mark.parametrize("stated", [[], ["--out", "predictions.csv"]])
def test_predictions_are_not_written_through_what_lies_there(
    kind: str, stated: list[str], place: Path, made: Path
) -> None:
    there = place / "predictions.csv"
    if kind == "pipe":
        os.mkfifo(there)
    elif kind == "folder":
        there.mkdir()
    else:
        there.symlink_to(place / (".bash_profile" if kind == "link" else ".profile"))
    done = noglue(place, "predict", str(made), "new.csv", *stated)
    assert done.returncode == 2, done
    assert "predictions.csv is" in " ".join(done.stderr.split())
    assert (place / ".bash_profile").read_text() == "mine\n"
    assert not (place / ".profile").exists()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("plan", ["pipe", "/dev/zero", "/dev/null"])
def test_a_plan_is_a_plain_file(plan: str, place: Path) -> None:
    os.mkfifo(place / "pipe")
    done = noglue(place, "run", "--plan", plan, "--yes")
    assert done.returncode == 2, done
    assert "is no plain file" in " ".join(done.stderr.split())


@pytest.mark.timeout(120)
def test_a_pipe_among_the_inputs_holds_nothing_up(place: Path, made: Path) -> None:
    (place / "new").mkdir()
    os.mkfifo(place / "new" / "f.csv")
    os.mkfifo(place / "new" / "f.png")
    done = noglue(place, "predict", str(made), "new", "--out", "out.csv")
    assert done.returncode == 4, done


def test_a_folder_called_latest_stops_no_run(tmp_path: Path) -> None:
    (tmp_path / "latest").mkdir()
    assert RunFolder.create(tmp_path, "predict y").path.is_dir()
    assert (tmp_path / "latest").is_dir()
    assert not (tmp_path / "latest").is_symlink()
