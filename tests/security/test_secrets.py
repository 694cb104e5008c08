"""Secrets of a request and of the environment: in no file but the private ones, on no console, in no question."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from noglue.agent.redact import HIDDEN, Redactor
from noglue.agent.run_folder import slug
from noglue.tools.net import failures
from noglue.tools.showing import addresses, phrases
from tests.agent.command_line import noglue
from tests.security.secret_requests import HARMLESS, SAID, spellings

PRIVATE = {"task.json", "plan.json", "args.json", "given.json"}  # of mode 0600, with the user's own words


@pytest.mark.parametrize(("said", "secrets"), SAID)
def test_a_secret_is_hidden_where_it_is_said(said: str, secrets: list[str]) -> None:
    shown = Redactor({}).text(f"predict left, {said}, budget 5 min")
    assert HIDDEN in shown
    assert shown.startswith("predict left, ")
    assert shown.endswith(", budget 5 min") or "\n" in said or said.startswith(("http", "s3"))
    for secret in secrets:
        assert secret.casefold() not in shown.casefold()


@pytest.mark.parametrize("said", HARMLESS)
def test_what_is_no_secret_stays(said: str) -> None:
    assert Redactor({}).text(said) == said


@pytest.mark.parametrize(("said", "secrets"), SAID)
def test_a_secret_is_in_no_folder_name(said: str, secrets: list[str]) -> None:
    name = slug(f"{said} predict left")
    for secret in secrets:
        if len(secret) > 4:
            assert slug(secret) not in name


@pytest.mark.parametrize("secret", ["p@ss/w0rd &more", "hunter2pw", "s3crét-Schlüssel", 'quo"te\\d5', "a<b>c&d5"])
def test_a_secret_that_was_said_is_known_in_every_spelling(secret: str) -> None:
    redactor = Redactor({})
    redactor.learn(f'password: "{secret}"' if '"' not in secret else f"password: '{secret}'")
    for spelled in spellings(secret):
        assert spelled not in redactor.text(f"the server said {spelled} to that"), spelled
    assert redactor({"names": [f"x{secret}y"]}) == {"names": [f"x{HIDDEN}y"]}


def test_a_short_secret_hides_no_words() -> None:
    redactor = Redactor({})
    redactor.learn("password: left", "https://me:page@host.example/x?pwd=test", "my password is validation")
    assert redactor({"test": "left", "validation": "page 2"}) == {"test": "left", "validation": "page 2"}
    assert redactor.text("http://me:left@host") == f"http://{HIDDEN}@host"


def test_secrets_of_the_environment() -> None:
    redactor = Redactor({
        "OPENAI_API_KEY": "abcdefgh-1", "DATABASE_URL": "postgres://me:d4tab4se@host/x", "HTTPS_PROXY": "http://u:pr0xy-pw@p:3"
    })  # fmt: skip
    for secret in ("abcdefgh-1", "d4tab4se", "pr0xy-pw", "ABCDEFGH-1"):
        assert redactor.text(f"got {secret}.") == f"got {HIDDEN}."


@pytest.mark.parametrize(
    "hostile",
    ["a" * 100_000, "a:" * 50_000, "a@" * 50_000, "?a=" * 30_000, "http://" * 10_000, "password: " * 10_000,
     "my password is " * 5_000, "%3A%2F%2F" * 8_000, "http://" + "a@" * 30_000, "eyJ" + "a" * 90_000, "-" * 90_000,
     "-----BEGIN PRIVATE KEY-----" * 2_000, "is" + " " * 90_000 + "password", "cookie" + " " * 90_000],
)  # fmt: skip
def test_no_text_holds_the_redactor_up(hostile: str) -> None:
    """In a process of its own with a limit of processor time, since a regular expression can't be interrupted."""
    code = "import resource, sys\nresource.setrlimit(resource.RLIMIT_CPU, (8, 8))\n"
    code += "from noglue.agent.redact import Redactor\nRedactor({}).text(sys.stdin.read())"
    done = subprocess.run([sys.executable, "-P", "-c", code], input=hostile, text=True, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize(
    "url",
    [
        "https://me:hunter2pw@host/x?page=2&sig=s1gn#t",
        "https://me:p@ss/hunter2pw@host.example/x?page=2&q=cats&sig=s1gn",
    ],
)
def test_records_of_addresses(url: str) -> None:
    shown = failures.shown(url)
    assert "page=2" in shown
    assert "host" in shown
    for secret in ("hunter2pw", "s1gn", "@"):
        assert secret not in shown


DATABASES = [
    "postgresql://reader:hunter2pw@db.example/club",
    "mongodb+srv://reader:hu/nt@er2pw@db.example/club",
    "mysql+pymysql://reader:hunter2pw@db.example:3306/club?charset=utf8",
    "redis://:hunter2pw@db.example:6379/0",
    "jdbc:postgresql://db.example/club?user=reader&password=hunter2pw",
    "jdbc:oracle:thin:reader/hunter2pw@//db.example:1521/club",
    "jdbc:sqlserver://db.example;user=reader;password=hunter2pw",
    "MSSQL://reader:hunter2pw@db.example/club",
]


@pytest.mark.parametrize("address", DATABASES)
@pytest.mark.parametrize("way", ["data", "words"])
def test_a_database_is_refused_before_anything_is_kept(tmp_path: Path, address: str, way: str) -> None:
    arguments = ["predict left", "--data", address] if way == "data" else [f"predict left from {address}."]
    done = noglue(tmp_path, "run", *arguments, "--budget", "20s")
    assert done.returncode == 3
    assert "database" in done.stderr
    assert "--data" in done.stderr
    assert not {"hunter2pw", "er2pw"} & set(done.stderr.replace("/", " ").replace("@", " ").split())
    assert "hunter2pw" not in done.stdout + done.stderr
    assert not (tmp_path / "runs").exists()


def test_a_run_with_secrets_keeps_them_to_its_private_files(tmp_path: Path) -> None:
    """A login, a code and a password in words, all the way to a failed download, and `show`, `log`, `runs` of it."""
    said = "predict left from http://me:p%40ss5word@127.0.0.1:9/x.csv?code=k0d3code&page=3; my password is Sw0rdfish"
    done = noglue(tmp_path, "run", said, "--budget", "20s", "-v")
    assert done.returncode == 4
    printed = done.stdout + done.stderr
    for command in (["show", "latest"], ["show", "latest", "--json"], ["log", "latest", "-v"], ["runs"]):
        again = noglue(tmp_path, *command)
        printed += again.stdout + again.stderr
    printed += noglue(tmp_path, "plan", said, "--json").stdout
    held = {str(file): file.read_text(encoding="utf-8", errors="replace") for file in (tmp_path / "runs").rglob("*")
            if file.is_file() and file.name not in PRIVATE}  # fmt: skip
    assert any(name.endswith("journal.jsonl") for name in held)
    assert any(name.endswith("log.txt") for name in held)
    for secret in ("p%40ss5word", "p@ss5word", "k0d3code", "sw0rdfish"):
        assert secret not in printed.casefold()
        assert not [name for name, text in held.items() if secret in name.casefold() or secret in text.casefold()]
    for file in (tmp_path / "runs").rglob("*.json"):
        if file.name in PRIVATE:
            assert file.stat().st_mode & 0o077 == 0, file


def test_a_log_is_cleaned_when_its_step_has_ended(tmp_path: Path) -> None:
    """What a library printed; a link that the step left there is not followed."""
    from noglue.agent import redact, step_log

    redact.learn("password: logg3d-pw")
    log = tmp_path / "log.txt"
    log.write_bytes(b"GET https://me:hunter2pw@host/x\n\x1b[2Jlogg3d-pw\r50%\r100%\nlast")
    step_log.clean(log)
    assert log.read_text() == f"GET https://{HIDDEN}@host/x\n\\x1b[2J{HIDDEN}\n50%\n100%\nlast"
    victim = tmp_path / "victim"
    victim.write_text("password: hunter2pw")
    log.unlink()
    log.symlink_to(victim)
    step_log.clean(log)
    assert victim.read_text() == "password: hunter2pw"
    log.unlink()
    os.mkfifo(log)
    step_log.clean(log)


def test_a_search_is_not_asked_for_secrets() -> None:
    from noglue.agent.settle import queries
    from noglue.agent.task import Task

    asked = queries.queries(Task(paragraph="wines by me:hunter2pw@host.example/x, my password is Sw0rdfish"))
    assert asked
    assert not [one for one in asked if "hunter" in one or "sw0rd" in one.casefold() or "rdfish" in one]


def test_nothing_is_lost_of_texts_without_secrets() -> None:
    for text in ("", "@", "=", "://", "http://", "a=b", "?", "password", "password:", "é" * 10, "\ud800", "%40"):
        assert addresses.redacted(text) == text
        assert phrases.redacted(text) == text
