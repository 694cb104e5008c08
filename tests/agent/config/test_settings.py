from pathlib import Path

import pytest

from noglue.agent import environment
from noglue.agent.config import settings
from noglue.tools.spec.errors import BadUsage


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90s", 90), ("10m", 600), ("1h30m", 5400), ("1.5 h", 5400), ("2 minutes", 120), ("1d", 86400)],
)
def test_lengths_of_time(text: str, expected: float) -> None:
    assert settings.seconds(text) == expected


@pytest.mark.parametrize(("text", "ways"), [("10", "10s or 10m"), (" 90 ", "90s or 90m"), ("1.5", "1.5s or 1.5m")])
def test_a_bare_number_may_be_seconds_or_minutes_and_is_not_guessed_at(text: str, ways: str) -> None:
    with pytest.raises(BadUsage, match="seconds or minutes") as raised:
        settings.seconds(text)
    assert raised.value.hint == f"Write {ways}."


@pytest.mark.parametrize("text", ["", "soon", "10x", "-5m", "0s", "0", "1h30", "5m and more"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(BadUsage):
        settings.seconds(text)


def test_flags_win_over_the_environment() -> None:
    surroundings = {"NOGLUE_RUNS": "/a/runs", "NOGLUE_CACHE": "/a/cache"}
    assert settings.places(None, surroundings) == settings.Places(Path("/a/runs"), Path("/a/cache"))
    assert settings.places(Path("/b"), surroundings).runs == Path("/b")
    assert settings.places(None, {"XDG_CACHE_HOME": "/x"}).cache == Path("/x/noglue")


def test_inception_weights_are_those_that_are_stated_or_lie_in_a_cache(tmp_path: Path) -> None:
    from noglue.tools.generation.inception_weights import NAMES

    surroundings = {"NOGLUE_CACHE": str(tmp_path), "TORCH_HOME": str(tmp_path / "none")}
    assert settings.inception(surroundings) is None
    (tmp_path / NAMES[0]).touch()
    assert settings.inception(surroundings) == str(tmp_path / NAMES[0])
    assert settings.inception(surroundings | {"NOGLUE_INCEPTION": "/not/there.pth"}) == "/not/there.pth"


def test_devices_that_are_none_are_refused() -> None:
    assert settings.device("cpu") == "cpu"
    with pytest.raises(BadUsage, match="no device 'gpu'"):
        settings.device("gpu")
    with pytest.raises(BadUsage, match="CUDA devices"):
        settings.device("cuda:63")


def test_named_addresses_are_those_of_urls_alone() -> None:
    texts = ["Solve http://127.0.0.1:8000/a.html.", "https://Example.org/x", "see 10.0.0.1:80 and http://[::1]:9/"]
    assert environment.named_addresses(texts) == {("127.0.0.1", 8000), ("example.org", 443), ("::1", 9)}


def test_steps_that_reach_the_network_see_the_keys_that_providers_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAVE_API_KEY", "brave-key")
    monkeypatch.setenv("KAGGLE_USERNAME", "me")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "no provider of data")
    seen = dict(environment.for_network())
    assert (seen["BRAVE_API_KEY"], seen["KAGGLE_USERNAME"]) == ("brave-key", "me")
    assert "ANTHROPIC_API_KEY" not in seen
