"""Names and texts of strangers on consoles and in files for people: nothing steers, hides or begins a line."""

import csv
import json
import re
import unicodedata
from pathlib import Path

import pytest

from noglue.agent.ui.wording import clean
from noglue.tools.showing import visible
from tests.agent.command_line import noglue

HOSTILE = [
    *(
        "\x1b[2J\x1b[1;1H",
        "\x1b]0;owned\x07",
        "\x1b]8;;http://evil\x1b\\x",
        "\x9b31m",
        "\x9d0;x\x9c",
        "\b" * 5,
        "a\u200cb",
    ),
    *(
        "\r",
        "\n",
        "\r\n",
        "\v",
        "\f",
        "\0",
        "\x7f",
        "\x85",
        "\x1c",
        "\u2028",
        "\u2029",
        "\u202e",
        "\u202a",
        "\u2066",
        "\u2069",
    ),
    *(
        "\u200b",
        "\u200f",
        "\ufeff",
        "\u00ad",
        "\u2060",
        "\u180e",
        "\u3164",
        "\U000e0041",
        "\ud800",
        "\udc9b",
        "\u061c",
        "\ufff9",
    ),
]
KEPT = ["Größe (m²)", "می‌خواهم", "क्ष", "👩‍👩‍👧", "日本語", "café", "[bold]x[/bold]", "a\\x1b", "§ – “x”"]
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ufeff]")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_unseen_reaches_a_line(hostile: str) -> None:
    for shown in (clean(f"a{hostile}b"), visible.markdown(f"a{hostile}b"), visible.code(f"a{hostile}b")):
        assert not [letter for letter in shown if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
        assert shown.isprintable()
        shown.encode()
    text = json.dumps({"x": hostile}, ensure_ascii=False)
    assert json.loads(visible.json_text(text)) == {"x": hostile}
    assert visible.json_text(text).isprintable()


@pytest.mark.parametrize("text", KEPT)
def test_every_script_stays(text: str) -> None:
    assert clean(text) == text
    assert (
        visible.json_text(json.dumps(text, ensure_ascii=False)) == json.dumps(text, ensure_ascii=False)
        or "\u200c" in text
        or "\u200d" in text
    )


def test_no_mark_covers_the_lines_above() -> None:
    assert clean("Z" + "\u0301" * 500) == "Z" + "\u0301" * 4 + "…"


NAMES = ["a`b", "``", "`", "a\n# forged", "|", "<script>alert(1)</script>", "[x](http://e)", "# h", "1. x", "- x",
         "===", "![x](y)", "\n```\n# h"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_markdown_is_not_broken(name: str) -> None:
    text = visible.markdown(name)
    assert "\n" not in text
    assert not re.match(r"#|\d+\.|[-+=>|]", text)
    assert not re.search(r"(?<!\\)[`|<>\[\]]", text)
    span = visible.code(name)
    fence = re.match("`+", span)
    assert fence is not None
    assert fence[0] not in span[len(fence[0]) : -len(fence[0])].replace(" ", "x").strip("x") or "`" not in name
    assert "\n" not in span


def test_hostile_names_all_the_way_to_the_report(tmp_path: Path) -> None:
    """Columns, classes and a file called to forge an outcome; every console and file is looked at."""
    first, second = "size\nmodel    /tmp/forged (perfect)", "width\x1b[2J\u202e| a | b |"
    rest = "of the thing that was measured by hand, on a table with a good light, twice, by different people"
    classes = [f"left\x1b[2J\u202e side {rest}", f"right`\r# forged\u2066 side {rest}"]
    place = tmp_path / "da\x1b[31mta\u202e.csv"
    with place.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([first, second, "side"])
        writer.writerows([[n % 7 + (n % 2) * 9, n % 5, classes[n % 2]] for n in range(160)])
    asked = "predict side from my table\x1b[2J\u202e, my password is Sw0rdfish. accuracy: 100 %"
    done = noglue(tmp_path, "run", asked, "--data", str(place), "--budget", "60s", "--family", "linear", "-v")
    assert done.returncode == 0, done.stderr
    seen = {"stdout": done.stdout, "stderr": done.stderr}
    for command in (["show", "latest", "-v"], ["log", "latest", "-v"], ["runs"], ["show", "latest", "--json"]):
        again = noglue(tmp_path, *command)
        seen[" ".join(command)] = again.stdout + again.stderr
    run = (tmp_path / "runs" / "latest").resolve()
    for name in ("report.md", "report.html", "run.json", "journal.jsonl", "model/README.md"):
        seen[name] = (run / name).read_text(encoding="utf-8")
    seen |= {str(log): log.read_text(encoding="utf-8") for log in run.rglob("log.txt")}
    for where, text in seen.items():
        assert not _CONTROL.search(text), (where, _CONTROL.findall(text))
        assert "sw0rdfish" not in text.casefold(), where
        assert not [line for line in text.splitlines() if line.startswith(("model    /tmp/forged", "# forged"))], where
    assert json.loads(seen["run.json"])["data"]["classes"] == sorted(classes)
    assert "sw0rdfish" not in run.name
