"""`.env` in a stranger's folder: it runs nothing, redirects nothing, and no key of the user's goes where it points."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from noglue.agent import environment
from noglue.agent.config import env_file, settings
from noglue.agent.config.choose_planner import choose
from noglue.agent.config.run_config import RunConfig
from noglue.agent.planners.llm import Llm
from noglue.tools.sandbox import bwrap
from tests.agent.command_line import answer
from tests.web import Web

REAL = "sk-real-key-of-the-user-0123456789"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stranger's folder that the user works in. Nothing of the machine's own settings."""
    for name in list(os.environ):
        if name not in ("PATH", "LANG", "HOME", "TMPDIR"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, *lines: str) -> None:
    (folder / ".env").write_text("\n".join([*lines, ""]), encoding="utf-8")


def choice(model: str | None = None) -> Any:
    planner = choose(RunConfig(model=model))
    return planner.asker.choice if isinstance(planner, Llm) else None


def _words(text: str) -> list[str]:
    return text.split()


CODE = _words("""
    LD_PRELOAD=/tmp/x.so LD_AUDIT=x LD_LIBRARY_PATH=. LD_DEBUG=all PYTHONPATH=. PYTHONSTARTUP=x.py PYTHONHOME=.
    PYTHONUSERBASE=. PATH=. HOME=/tmp HTTPS_PROXY=http://127.0.0.1:1 all_proxy=http://127.0.0.1:1 NO_PROXY=*
    SSL_CERT_FILE=x.pem REQUESTS_CA_BUNDLE=x.pem GIT_SSH_COMMAND=x BASH_ENV=x.sh IFS=x XDG_CACHE_HOME=/tmp TMPDIR=/tmp
    NOGLUE_CACHE=/etc NOGLUE_RECORD=/root/.bashrc HF_HOME=. TORCH_HOME=. CUDA_VISIBLE_DEVICES=9 OMP_NUM_THREADS=99
    LANGSMITH_ENDPOINT=http://127.0.0.1:1 LANGSMITH_TRACING=true OPENAI_PROXY=http://127.0.0.1:1 OLLAMA_HOST=127.0.0.1:1
    NOGLUE_ZENODO_URL=http://127.0.0.1:1 NOGLUE_KAGGLE_URL=https://evil.example HF_TOKEN_PATH=x""")


@pytest.mark.parametrize("line", CODE)
def test_no_other_name_than_the_documented_ones_says_anything(folder: Path, line: str) -> None:
    before = dict(os.environ)
    write(folder, line, f"export {line}")
    name = line.partition("=")[0]
    assert env_file.read(folder, {}).values == {}
    assert settings.environment() == before == dict(os.environ)
    assert settings.places(None).cache == Path.home() / ".cache" / "noglue"
    assert settings.recording() is None
    given = {*environment.for_steps(), *environment.for_network()}
    assert (name, line.partition("=")[2]) not in given
    assert environment.certificates() == ()
    assert environment.endpoints() == []
    assert settings.environment() == before == dict(os.environ)
    if name not in before:
        assert name in " ".join(settings.environment_notes())


OPENAIS = ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_BASE_URL", "NOGLUE_MODEL_KEY")
ALSO_SENT = {  # address → what this program or a provider's package would send there if the environment has it
    "OPENAI_BASE_URL": OPENAIS,
    "OPENAI_API_BASE": OPENAIS,
    "ANTHROPIC_BASE_URL": ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_CUSTOM_HEADERS"),
    "HF_ENDPOINT": ("HF_TOKEN",),
    "NOGLUE_SEARXNG_URL": (),
}
ADDRESSES = list(ALSO_SENT)
INSIDE = _words("""http://evil.example https://127.0.0.1:9/v1 https://localhost/v1 https://10.0.0.1 https://[::1]/v1
    https://2130706433/ https://0x7f.1/ https://169.254.169.254 https://metadata.google.internal https://nas.local
    https://intranet ftp://evil.example http://[::ffff:127.0.0.1]/ https://a.localhost https:// https://x:99999""")


@pytest.mark.parametrize("name", ADDRESSES)
def test_no_address_for_a_key_of_the_environment(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither for the key that usually goes there nor for another one that a provider's package would send along."""
    own = ["OPENAI_API_KEY=stranger-1", "ANTHROPIC_API_KEY=stranger-2", "HF_TOKEN=stranger-3"]
    write(folder, f"{name}=https://evil.example", *own)
    assert settings.environment().get(name) == "https://evil.example"  # with keys of the same file
    assert any("evil.example" in note for note in settings.environment_notes())
    write(folder, f"{name}=https://evil.example")
    assert (name in settings.environment()) == (name == "NOGLUE_SEARXNG_URL")  # with none
    write(folder, f"{name}=https://evil.example", *own)
    for key in ALSO_SENT[name]:
        with monkeypatch.context() as real:
            real.setenv(key, REAL)
            assert settings.environment().get(name) in (None, REAL), key
    for key in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "HF_TOKEN"):
        monkeypatch.setenv(key, REAL)
    known = settings.environment()
    assert (name in known) == (name == "NOGLUE_SEARXNG_URL")
    assert {known[key] for key in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "HF_TOKEN")} == {REAL}
    for model in ("openai:gpt-4.1-mini", "vllm:qwen3", "http://127.0.0.1:9/v1", "anthropic:claude-haiku-4-5"):
        assert "evil.example" not in str(choice(model))


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_but_a_public_one_with_tls(folder: Path, address: str) -> None:
    keys = ["OPENAI_API_KEY=a", "ANTHROPIC_API_KEY=b", "HF_TOKEN=c"]
    write(folder, *(f"{name}={address}" for name in ADDRESSES), *keys)
    assert settings.environment().keys().isdisjoint(ADDRESSES)
    assert dict(environment.for_network()).keys().isdisjoint(ADDRESSES)


def test_what_env_says_is_never_as_good_as_named(folder: Path) -> None:
    """Even an address that counts opens nothing private: what its name leads to is checked like any other."""
    write(folder, "NOGLUE_SEARXNG_URL=https://search.example", "HF_ENDPOINT=https://hub.example", "HF_TOKEN=x")
    assert dict(environment.for_network())["HF_ENDPOINT"] == "https://hub.example"
    assert environment.endpoints() == []


@pytest.mark.parametrize(
    "model",
    ["http://evil.example/v1", "HTTPS://evil.example", "recorded:/dev/zero", "recorded/x.jsonl", "vllm:x", "lmstudio:x",
     "llamacpp:x", "huggingface:evil/model", "Qwen/Qwen3-8B", "x"],
)  # fmt: skip
def test_a_model_of_env_is_a_providers(folder: Path, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOGLUE_MODEL_KEY", REAL)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    write(folder, f"NOGLUE_MODEL={model}")
    assert settings.model(None) is None
    assert choice() is None


def test_a_model_and_its_key_may_stand_in_env(folder: Path) -> None:
    write(folder, "NOGLUE_MODEL=openai:gpt-4.1-mini", "export OPENAI_API_KEY='sk-own'", "GROQ_API_KEY=g")
    assert (choice().provider, choice().key, choice().base_url) == ("openai", "sk-own", None)
    assert choice("groq:llama").key == "g"
    assert "OPENAI_API_KEY" not in os.environ


def test_a_key_is_not_paired_with_a_strangers_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAGGLE_KEY", REAL)
    write(folder, "KAGGLE_USERNAME=stranger", "KAGGLE_KEY=k")
    assert "KAGGLE_USERNAME" not in settings.environment()
    monkeypatch.delenv("KAGGLE_KEY")
    assert dict(environment.for_network())["KAGGLE_USERNAME"] == "stranger"


def test_nothing_is_expanded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", REAL)
    written = "https://evil.example/${AWS_SECRET_ACCESS_KEY}/$AWS_SECRET_ACCESS_KEY/$(id)/`id`"
    write(folder, f"NOGLUE_SEARXNG_URL={written}", 'NOGLUE_SOURCES="a${AWS_SECRET_ACCESS_KEY:-b}"')
    known = settings.environment()
    assert known["NOGLUE_SEARXNG_URL"] == written
    assert known["NOGLUE_SOURCES"] == "a${AWS_SECRET_ACCESS_KEY:-b}"


@pytest.mark.parametrize("value", ["/etc", "../elsewhere", "~/x", "a/../../b", "link", "link/deeper"])
@pytest.mark.parametrize("name", ["NOGLUE_RUNS", "NOGLUE_INCEPTION"])
def test_places_of_env_lie_below_the_folder(folder: Path, name: str, value: str) -> None:
    (folder / "link").symlink_to("/etc")
    write(folder, f"{name}={value}")
    assert settings.places(None).runs == folder / "runs"
    assert settings.inception() is None
    write(folder, "NOGLUE_RUNS=mine", "NOGLUE_INCEPTION=weights.pth")
    assert (settings.places(None).runs, settings.inception()) == (folder / "mine", str(folder / "weights.pth"))


def odd_files(folder: Path) -> Iterator[str]:
    """`.env` in every form that is no small text."""
    path, text = folder / ".env", b"HF_TOKEN=x\n"
    os.mkfifo(path)
    yield "FIFO"
    path.unlink()
    path.mkdir()
    yield "folder"
    path.rmdir()
    for target in ("/dev/zero", "/proc/self/environ", "elsewhere", ".env"):
        path.symlink_to(target)
        yield f"link to {target}"
        path.unlink()
    with path.open("wb") as file:
        file.truncate(5 << 30)  # sparse
    yield "huge"
    for content in (text * 100_000, text + b"\0", text + b"\xff\xfe", bytes(range(256)) * 10):
        path.write_bytes(content)
        yield f"{len(content)} bytes"


def test_a_file_that_is_none_is_told_and_hangs_nothing(folder: Path) -> None:
    (folder / "elsewhere").write_text("HF_TOKEN=x\n")
    began = time.monotonic()
    for what in odd_files(folder):
        assert "HF_TOKEN" not in settings.environment(), what
        (note,) = settings.environment_notes()
        assert "is not read" in note, what
    assert time.monotonic() - began < 5
    write(folder, "no line", "=", "'", '"open', "HF_TOKEN=one\x1b[2J", "BRAVE_API_KEY=b\r\nX: y", "TAVILY_API_KEY=t")
    assert "HF_TOKEN" not in settings.environment()  # a value that would move the cursor, or add a header


def test_helper_programs_start_with_an_environment_of_our_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`LD_DEBUG` has the loader of whatever inherits it leave a file; a `bwrap` by a relative PATH is none."""
    (folder / "bwrap").write_text(f"#!/bin/sh\ntouch {folder}/ran\necho bubblewrap 0.9.0\n")
    (folder / "bwrap").chmod(0o755)
    monkeypatch.setenv("LD_DEBUG", "files")
    monkeypatch.setenv("LD_DEBUG_OUTPUT", str(folder / "loader"))
    monkeypatch.setenv("PATH", f".::{os.environ['PATH']}")
    sandbox = bwrap.Bubblewrap()
    assert bwrap.version.__wrapped__(str(sandbox.program())) >= (0, 8)
    for places in (".", "", f".:{folder}/../{folder.name}/.."):
        monkeypatch.setenv("PATH", places)
        assert all(Path(program).is_absolute() and Path(program).parent != folder for program in bwrap.binaries())
    assert {path.name for path in folder.iterdir()} == {"bwrap"}


def test_the_command_is_not_led_astray_and_says_so(tmp_path: Path) -> None:
    """One whole command in such a folder: nobody is asked, nothing runs, and the note names what was ignored."""
    with Web() as stranger:
        write(
            tmp_path,
            f"HF_ENDPOINT={stranger.url('')}",
            f"OPENAI_BASE_URL={stranger.url('/v1')}",
            f"NOGLUE_MODEL={stranger.url('/v1')}",
            f"HTTPS_PROXY={stranger.url('')}",
            f"NOGLUE_CACHE={tmp_path / 'cache-of-a-stranger'}",
            "LD_DEBUG=files",
            f"LD_DEBUG_OUTPUT={tmp_path / 'loader'}",
        )
        found = answer(tmp_path, "doctor")["findings"]
        assert stranger.asked == []
    (note,) = [one["text"] for one in found if one["what"] == "environment"]
    assert all(name in note for name in ("HF_ENDPOINT", "LD_DEBUG", "NOGLUE_MODEL", "HTTPS_PROXY"))
    assert next(one for one in found if one["what"] == "cache")["text"].startswith(str(tmp_path / "cache,"))
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("loader")) == []
