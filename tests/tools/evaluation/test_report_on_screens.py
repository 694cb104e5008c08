"""The page of a run with many columns and classes: under a megabyte, nothing from outside, and laid out in a browser.

The browser's part needs Chromium on PATH (`apt-get install chromium`), and is skipped where there is none.
"""

import json
import re

import numpy as np
import pytest
from bs4 import BeautifulSoup

from noglue.tools import evaluate, report
from noglue.tools.evaluation.findings import ClassRow
from noglue.tools.overview.looking import look
from noglue.tools.spec.schema import Schema
from tests.bench import chromium

COLUMNS, CLASSES = 60, 24
BIG = 1_000_000
# Words of cells and labels that stand on two lines, though nothing says that they may be broken.
SPLIT = """[...document.querySelectorAll('th, td, dt, dd, .forest .name, .forest .figure')].flatMap(cell => {
  const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), found = [];
  for (let node = walk.nextNode(); node; node = walk.nextNode())
    for (const word of node.data.matchAll(/[^\\s\\u2013-]{2,24}/g)) {
      const range = document.createRange();
      range.setStart(node, word.index); range.setEnd(node, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(rect => Math.round(rect.top))).size > 1) found.push(word[0]);
    }
  return found;
})"""


@pytest.fixture(scope="module")
def run(bench):
    random = np.random.default_rng(0)
    target = random.permutation(np.arange(2400) % CLASSES)
    values = random.normal(size=(2400, COLUMNS))
    values[:, :6] += np.stack([target * (place + 1) / 9 % 5 for place in range(6)], axis=1)
    names = [f"reading_of_channel_{place:02d}_at_the_reference_temperature" for place in range(COLUMNS)]
    classes = [f"class number {place} of the catalogue" for place in range(CLASSES)]
    made = bench.table("screens", values, target, names, classes)
    trained = bench.train(made, family="linear", baseline=False)
    look(made / "data", Schema.load(made / "data"))
    found = evaluate.run(evaluate.Args(), bench.step(made, "evaluate"))
    return made, trained, found


@pytest.fixture(scope="module")
def file(bench, run):
    made, trained, found = run
    args = report.Args(
        task={"paragraph": "Tell the catalogue's classes apart", "sources": ["channels.csv"]},
        prepared={"schema": json.loads((made / "data/schema.json").read_text())},
        trained=trained.model_dump(mode="json"),
        evaluated=found.model_dump(mode="json"),
        wishes=[{"text": "--data channels.csv", "kind": "data", "value": "channels.csv", "state": "done"}],
        seconds={"train": 3.0},
    )
    step = bench.step(made, "report")
    report.run(args, step)
    return step.folder / "report.html"


@pytest.fixture(scope="module")
def page(file):
    return BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")


def test_it_is_one_file_under_a_megabyte_that_fetches_nothing(file, page):
    source = file.read_text(encoding="utf-8")
    assert len(source.encode()) < BIG
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert not re.findall(r"(?:src|href|action)=[\"'](?!data:|#)", source)
    assert not page.find_all(["script", "link", "iframe", "object", "form"])


def test_thousands_of_classes_do_not_make_it_larger(bench, run):
    made, trained, found = run
    names = [f"class number {place} of a very long catalogue of things" for place in range(12_000)]
    rows = [ClassRow(name=name, rows=9, predicted=8, precision=0.5, recall=0.4, f1=0.45) for name in names]
    schema = Schema.load(made / "data").model_copy(update={"classes": names, "counts": dict.fromkeys(names, 30)})
    large = found.model_copy(update={"classes": rows, "confusion": None, "curves": None})
    step = bench.step(made, "report-large")
    args = report.Args(
        prepared={"schema": schema.model_dump(mode="json")},
        trained=trained.model_dump(mode="json"),
        evaluated=large.model_dump(mode="json"),
    )
    assert report.run(args, step).bytes < BIG
    page = BeautifulSoup((step.folder / "report.html").read_text(encoding="utf-8"), "html.parser")
    assert "And 11,500 more" in page.select_one("#classes").text


def test_every_link_and_description_leads_to_something_on_the_page(page):
    ids = {tag["id"] for tag in page.find_all(id=True)}
    assert {link["href"].removeprefix("#") for link in page.select("nav a")} <= ids
    assert len(page.select("nav a")) == len(page.select("section h2"))
    assert {word["aria-describedby"] for word in page.select(".term")} <= ids
    names = [entry.text for entry in page.select("#glossary dt")]
    assert len(names) == len(set(names)) > 8


def test_it_shows_forty_columns_the_telling_ones_first_and_says_how_many_more(run, page):
    section = page.select_one("#overview")
    names = [cell.find(string=True) for cell in section.select("table.overview th[scope=row]")]
    shown = [row.select_one("th").text for row in section.select("table.overview tbody tr")]
    assert len(shown) == len(names) == 40
    assert {one.split("_")[3] for one in shown[:3]} <= {f"{place:02d}" for place in range(6)}
    assert f"And {COLUMNS - 40} more columns" in section.text
    assert len(section.select("svg.spark")) == 40
    schema = Schema.load(run[0] / "data")
    counts = [f"{count:,}" for count in schema.counts.values()]
    assert [cell.text for cell in section.select(".target-view .count")] == counts[:20]


def test_what_to_do_next_is_a_command_that_can_be_pasted(page):
    commands = [code.text for code in page.select("#next code")]
    assert all(command.startswith("noglue run ") for command in commands)
    assert page.select("#next li")


@pytest.fixture(scope="module")
def browser():
    if chromium.found() is None:
        pytest.skip("no chromium on PATH")
    with chromium.Browser() as opened:
        yield opened


@pytest.mark.parametrize("width", [320, 400, 1200])
def test_nothing_sticks_out_and_no_word_is_split(browser, file, width):
    page = browser.open(file, width)
    assert page.asked("document.documentElement.scrollWidth") == width
    assert page.asked(SPLIT) == []


def test_a_table_that_is_wider_than_the_phone_says_so(browser, file):
    page = browser.open(file, 400)
    wide = "[...document.querySelectorAll('.scroll')].filter(box => box.scrollWidth > box.clientWidth + 1)"
    hints = f"{wide}.map(box => parseFloat(getComputedStyle(box, '::before').fontSize))"
    assert page.asked(f"{wide}.length") > 0
    assert all(size > 8 for size in page.asked(hints))
    fitting = "[...document.querySelectorAll('.scroll')].filter(box => box.scrollWidth <= box.clientWidth)"
    page = browser.open(file, 1200)
    assert page.asked(f"{fitting}.every(box => parseFloat(getComputedStyle(box, '::before').fontSize) == 0)")


def test_a_word_of_the_glossary_opens_on_focus_inside_the_screen(browser, file):
    page = browser.open(file, 400, dark=True)
    page.asked("document.querySelector('.term').focus()")
    style = "getComputedStyle(document.querySelector('.term'), '::after')"
    assert page.asked(f"{style}.content").strip('"') == page.asked("document.querySelector('.term').dataset.means")
    assert page.asked(f"{style}.position") == "fixed"
    assert float(page.asked(f"{style}.width").removesuffix("px")) <= 400
