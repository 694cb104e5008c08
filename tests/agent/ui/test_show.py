import io
from pathlib import Path

import pytest

from noglue.agent.events import Failed, Finished, Note
from noglue.agent.run_folder import RunFolder
from noglue.agent.ui import answers, run_list
from noglue.agent.ui.plain import PlainConsole
from noglue.agent.ui.wording import clean
from noglue.tools.spec.errors import DataError, Failure, Kind


@pytest.mark.parametrize("content", ['{"run": "x"}', "[]", "not JSON", ""])
def test_a_damaged_run_is_listed_as_that_and_the_others_are_listed_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    damaged = RunFolder.create(tmp_path, "one")
    (damaged.path / "run.json").write_text(content)
    RunFolder.create(tmp_path, "two")
    assert run_list.all_runs(tmp_path, as_json=False) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all("damaged" in line for line in lines)
    with pytest.raises(DataError, match=r"run\.json"):
        answers.run(damaged, as_json=False)


def failure(message: str) -> Failure:
    return Failure(code=5, kind=Kind.DIVERGED, message=message)


def test_control_characters_never_reach_a_terminal() -> None:
    assert clean("b\x1b]0;pwned\x07\x9b31m\ttab\nline é") == r"b\x1b]0;pwned\x07\x9b31m tab⏎line é"


def test_steps_of_an_earlier_sitting_have_their_number_and_name() -> None:
    """Nothing tells of their start when a run is gone on with."""
    stream = io.StringIO()
    console = PlainConsole(stream)
    result = {"origins": [], "files": []}
    console.event(Finished(step="download", tool="download", number=1, seconds=4.6, result_sha256="", result=result))
    console.event(Failed(step="train", tool="train", number=5, seconds=1.0, error=failure("No.")))
    console.event(Failed(step="search", tool="search", number=6, seconds=1.0, error=failure("No. " * 99)))
    console.event(Note(step="sandbox", message="bwrap is not installed"))
    told = stream.getvalue().splitlines()
    assert told[0].startswith("1 download  done in 4.6 s")
    assert told[1:] == ["5 train  failed: No.", told[2], "sandbox  bwrap is not installed"]
    assert told[2].endswith("No. …")
    assert len(told[2]) < 150, "the paragraph at the end says all of it"
