"""A whole run that somebody else made: gone on with only by consent, and then shut in; predicted with as mere data."""

import json
import os
import pty
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from noglue import load
from noglue.agent import authorship, user_key
from noglue.tools.spec.errors import DataError
from tests.agent.command_line import COMMAND, answer, environment, noglue
from tests.security.run_copies import Line, change_json, copied, forge, lines, tree

BACKENDS = ("bwrap", "landlock")


@pytest.fixture
def given(made: Path, tmp_path: Path) -> Path:
    """That user's run among this user's (`tmp_path` is the home); this user has a key."""
    assert user_key.own(environment(tmp_path)).key is not None
    return copied(made, tmp_path)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(tmp_path / "black.png")
    return tmp_path / "black.png"


class Service:
    """Something private on loopback, which counts who comes."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port, self.visits = self._socket.getsockname()[1], 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                visitor, _ = self._socket.accept()
            except OSError:
                return
            self.visits += 1
            with visitor:
                visitor.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\na,b\n")

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def service() -> Iterator[Service]:
    one = Service()
    yield one
    one.close()


def untrained(run: Path, first: list[dict[str, Any]]) -> None:
    """As if the run had been killed at its start, with these steps before the others."""
    forge(run, lambda told: told[:1])
    shutil.rmtree(run / "steps")
    (run / "steps").mkdir()

    def planned(plan: dict[str, Any]) -> dict[str, Any]:
        return {"steps": [*first, *[step for step in plan["steps"] if step["tool"] != "inspect" or not first]]}

    change_json(run / "plan.json", planned)


def fetching(source: str) -> list[dict[str, Any]]:
    return [
        {"id": "download", "tool": "download", "args": {"sources": [source]}},
        {"id": "inspect", "tool": "inspect", "needs": {"roots": "download.files"}, "args": {}},
    ]


# ---- consent --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flags", [(), ("--yes",), ("--json",), ("--yes", "--json", "--sandbox", "landlock")])
def test_nobody_else_s_run_is_gone_on_with_unasked(given: Path, tmp_path: Path, flags: tuple[str, ...]) -> None:
    before = tree(given)
    done = noglue(tmp_path, "resume", given.name, *flags)
    assert done.returncode == 2
    assert "--trust" in done.stderr
    assert tree(given) == before


@pytest.mark.parametrize(("typed", "code"), [("n\n", 2), ("\n", 2), ("y\n", 0)])
def test_at_a_terminal_it_asks(given: Path, tmp_path: Path, typed: str, code: int) -> None:
    here, there = pty.openpty()
    process = subprocess.Popen([*COMMAND, "resume", given.name], cwd=tmp_path, env=environment(tmp_path), stdin=there,
                               stdout=subprocess.PIPE, stderr=there)  # fmt: skip
    os.close(there)
    os.write(here, typed.encode())
    said = b""
    while b"[y/N]" not in said:
        said += os.read(here, 4096)
    reader = threading.Thread(target=_drain, args=(here,), daemon=True)
    reader.start()
    assert process.wait(180) == code
    assert process.stdout is not None
    process.stdout.close()
    os.close(here)


def _drain(descriptor: int) -> None:
    try:
        while os.read(descriptor, 4096):
            pass
    except OSError:
        return


def test_consent_is_no_consent_to_go_without_a_sandbox(given: Path, tmp_path: Path) -> None:
    before = tree(given)
    told = answer(tmp_path, "resume", given.name, "--trust", "--sandbox", "off")
    assert (told["exit"], told["error"]["kind"]) == (2, "sandbox"), told
    assert tree(given) == before


def test_a_run_of_this_user_is_known_wherever_it_is_moved(made: Path, maker: Path, tmp_path: Path) -> None:
    moved = copied(made, tmp_path / "disk", "renamed")
    assert authorship.author(moved, user_key.existing(environment(maker)).key) == "you"
    assert answer(maker, "resume", str(moved))["exit"] == 0
    assert noglue(maker, "log", str(moved), "--verify").returncode == 0


def test_one_word_of_consent_does_not_make_it_this_user_s(given: Path, tmp_path: Path, service: Service) -> None:
    url = f"http://127.0.0.1:{service.port}/a.csv"
    untrained(given, fetching(url))
    change_json(given / "task.json", lambda task: task.update(sources=[url], paragraph=f"Predict a from {url}"))
    key = user_key.existing(environment(tmp_path)).key
    assert answer(tmp_path, "resume", given.name, "--trust")["exit"] != 0
    assert authorship.author(given, key) == "trusted"
    assert answer(tmp_path, "resume", given.name)["error"]["kind"] == "forbidden-address", "it stays shut in"
    assert service.visits == 0


# ---- what it may not, consent or not --------------------------------------------------------------------------------


@pytest.mark.parametrize("sandbox", BACKENDS)
def test_a_task_of_a_stranger_opens_no_service_of_this_machine(
    given: Path, tmp_path: Path, service: Service, sandbox: str
) -> None:
    url = f"http://127.0.0.1:{service.port}/a.csv"
    untrained(given, fetching(url))
    change_json(given / "task.json", lambda task: task.update(sources=[url], paragraph=f"Predict a from {url}"))
    told = answer(tmp_path, "resume", given.name, "--trust", "--sandbox", sandbox)
    assert (told["exit"], told["error"]["kind"]) == (4, "forbidden-address"), told
    assert service.visits == 0


@pytest.mark.parametrize("sandbox", BACKENDS)
@pytest.mark.parametrize("way", ["download", "inspect", "file://", "link", "result"])
def test_a_plan_of_a_stranger_gets_no_file_outside(given: Path, tmp_path: Path, sandbox: str, way: str) -> None:
    private = tmp_path / "private.csv"
    private.write_text("password,b\n" + "hunter2-hunter2,1\n" * 30)
    look = {"id": "inspect", "tool": "inspect", "args": {"roots": [str(private)]}}
    if way == "link":
        (given / "inside").mkdir()
        (given / "inside" / "x").symlink_to(tmp_path)
        look["args"] = {"roots": ["inside/x/private.csv"]}
    if way == "result":
        forge(given, lambda told: told[: [line["event"] for line in told].index("finished") + 1])
        _claim(given, {"roots": [str(private)]})
    else:
        source = f"file://{private}" if way == "file://" else str(private)
        untrained(given, fetching(source) if way in ("download", "file://") else [look])
    told = answer(tmp_path, "resume", given.name, "--trust", "--sandbox", sandbox)
    assert told["exit"] in (2, 4), told
    leaked = [file for file in given.rglob("*") if file.is_file() and not file.is_symlink()
              and b"hunter2" in file.read_bytes()]  # fmt: skip
    assert not leaked


def _claim(run: Path, args: dict[str, Any]) -> None:
    """Arguments of a finished step that name what a stranger would like to see shown to a model."""
    [step] = run.glob("steps/01-*")
    change_json(step / "args.json", lambda content: content.update(args=args))


@pytest.mark.parametrize("where", ["plan", "journal"])
def test_a_step_s_id_that_is_a_path_mounts_nothing(given: Path, tmp_path: Path, where: str) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    (private / "args.json").write_text('{"args": {}}')
    before, id = tree(private), "x/../../../../private"

    def renamed(told: list[Line]) -> list[Line]:
        place = [line["event"] for line in told].index("finished")
        return [*told[:place], told[place] | {"step": id}]

    if where == "journal":
        forge(given, renamed)
    else:
        untrained(given, [])
        change_json(given / "plan.json", lambda plan: plan["steps"][0].update(id=id))
    told = answer(tmp_path, "resume", given.name, "--trust")
    assert told["exit"] in (2, 4), told
    assert tree(private) == before
    assert private.stat().st_uid == os.geteuid()
    assert private.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("change", [{"tool": "sandbox"}, {"tool": "../train"}, {"args": {"nonsense": 1}},
                                    {"needs": {"profile": "nowhere.profile"}}, {"id": "Report"}])  # fmt: skip
def test_a_plan_is_held_to_the_same_check_as_one_that_is_given(
    given: Path, tmp_path: Path, change: dict[str, Any]
) -> None:
    change_json(given / "plan.json", lambda plan: plan["steps"][-1].update(change))
    done = noglue(tmp_path, "resume", given.name, "--trust")
    assert (done.returncode, "can't run" in " ".join(done.stderr.split())) == (2, True), done.stderr


# ---- to predict with it ---------------------------------------------------------------------------------------------


def test_predicting_with_it_writes_nothing_in_it(given: Path, tmp_path: Path, picture: Path) -> None:
    before = tree(given)
    told = answer(tmp_path, "predict", given.name, str(picture), "--out", str(tmp_path / "o.csv"))
    assert (told["exit"], told["rows"], told["run"]) == (0, 1, given.name), told
    assert tree(given) == before
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == [given.name]


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("kind", ["endless", "folder", "pipe", "sparse", "many", "deep"])
def test_a_model_without_end_is_not_copied(given: Path, tmp_path: Path, picture: Path, kind: str, alone: bool) -> None:
    model = given / "model"
    if kind in ("endless", "folder"):
        (model / "more").symlink_to("/dev/zero" if kind == "endless" else "/")
    elif kind == "pipe":
        os.mkfifo(model / "more")
    elif kind == "sparse":
        (model / "more").touch()
        os.truncate(model / "more", 3 << 30)
    elif kind == "many":
        (model / "more").mkdir()
        for number in range(10_001):
            os.close(os.open(model / "more" / str(number), os.O_CREAT))
    else:
        (model / "/".join(["d"] * 40)).mkdir(parents=True)
    began = time.monotonic()
    name = str(model) if alone else given.name
    told = answer(tmp_path, "predict", name, str(picture), "--out", str(tmp_path / "o.csv"))
    assert (told["exit"], told["error"]["kind"]) == (4, "unsafe-path"), told
    assert time.monotonic() - began < 60
    assert not list((tmp_path / "runs").glob(".predict-*"))


SPY = """
import os, socket
from pathlib import Path
def read(folder):
    found = []
    for attempt in (lambda: Path({secret!r}).read_text(), lambda: Path({key!r}).read_text(),
                    lambda: os.write(os.open({mark!r}, os.O_WRONLY | os.O_CREAT), b"x"),
                    lambda: socket.create_connection(("127.0.0.1", {port}), 1)):
        try:
            found.append(str(attempt()))
        except BaseException as error:
            found.append(type(error).__name__)
    if os.listdir(folder):
        raise ValueError("it was here: " + ", ".join(found))
    yield from ()
"""


@pytest.mark.parametrize("sandbox", BACKENDS)
def test_code_that_comes_with_a_model_runs_in_the_sandbox_alone(
    given: Path, tmp_path: Path, picture: Path, service: Service, sandbox: str
) -> None:
    secret, mark = tmp_path / "secret", tmp_path / "mark"
    secret.write_text("hunter2-hunter2")
    key = tmp_path / ".local" / "state" / "noglue" / "key"
    facts = {"secret": str(secret), "key": str(key), "mark": str(mark), "port": service.port}
    (given / "model" / "reader.py").write_text(SPY.format(**facts))
    done = noglue(tmp_path, "predict", given.name, str(picture), "--out", str(tmp_path / "o.csv"), "-v", "--sandbox",
                  sandbox)  # fmt: skip
    said = done.stdout + done.stderr + ((tmp_path / "o.csv").read_text() if (tmp_path / "o.csv").exists() else "")
    assert "it was here: " in said, "an attempt that was never made proves nothing"
    assert "hunter2" not in said
    assert key.read_text().strip() not in said
    assert not mark.exists()
    assert service.visits == 0
    refused = noglue(tmp_path, "predict", given.name, str(picture), "--sandbox", "off")
    assert (refused.returncode, mark.exists()) == (2, False), refused.stderr


def test_a_loaded_run_lies_where_it_was_found_whatever_it_says(given: Path, tmp_path: Path, made: Path) -> None:
    change_json(given / "run.json", lambda content: content.update(path="/etc"))
    assert load(given).path == given
    assert "/etc" not in noglue(tmp_path, "show", given.name).stdout
    for content in ("[]", "{}", '{"run": 1}'):
        (given / "run.json").write_text(content)
        with pytest.raises(DataError, match="not written by a run"):
            load(given)


def test_every_attack_here_began_from_a_run_that_its_maker_can_use(made: Path, maker: Path) -> None:
    assert noglue(maker, "log", made.name, "--verify").returncode == 0
    assert lines(made)[0]["event"] == "begun"
    assert json.loads((made / "run.json").read_text())["status"] == "succeeded"
