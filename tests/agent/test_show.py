from pathlib import Path

import pytest

from agent import show
from agent.folder import RunFolder
from agent.summaries import clean
from tools.core.errors import DataError


@pytest.mark.parametrize("content", ['{"run": "x"}', "[]", "not JSON", ""])
def test_a_damaged_run_is_listed_as_that_and_the_others_are_listed_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    damaged = RunFolder.create(tmp_path, "one")
    (damaged.path / "run.json").write_text(content)
    RunFolder.create(tmp_path, "two")
    assert show.all_runs(tmp_path, as_json=False) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all("damaged" in line for line in lines)
    with pytest.raises(DataError, match=r"run\.json"):
        show.run(damaged, as_json=False)


def test_control_characters_never_reach_a_terminal() -> None:
    assert clean("b\x1b]0;pwned\x07\x9b31m\ttab\nline é") == "b]0;pwned31m\ttab\nline é"
