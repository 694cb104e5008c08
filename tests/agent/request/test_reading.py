"""Paragraphs in, tasks out: the tuning half of the benchmark, what is refused, and reading without the encoder."""

import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from noglue.agent.planners.rules import Rules
from noglue.agent.request import open_question, read, understood
from noglue.agent.request.combine import Reader
from noglue.agent.request.names import known
from noglue.agent.request.understand import in_words
from noglue.agent.task import Constraints, Task
from noglue.tools.spec.errors import TaskUnclear

BENCH = Path(__file__).parents[2] / "bench" / "paragraphs"
TUNING: list[dict[str, Any]] = tomllib.loads((BENCH / "tuning.toml").read_text(encoding="utf-8"))["paragraph"]
REFUSED = [sample["text"] for sample in TUNING if sample.get("refused")]
TASKS = [sample for sample in TUNING if not sample.get("refused")]


def test_tuning_half_is_read_rightly() -> None:
    fields, right = 0, 0
    for sample in TASKS:
        task = read(sample["text"], [], Constraints())
        for axis in ("goal", "modality", "metric"):
            fields, right = fields + 1, right + (getattr(task, axis) == sample.get(axis))
    assert right >= 0.95 * fields


@pytest.mark.parametrize("sample", TASKS[::4], ids=lambda sample: sample["text"][:40])
def test_numbers_and_jargon(sample: dict[str, Any]) -> None:
    assert read(sample["text"], [], Constraints()).constraints.stated() == sample.get("constraints", {})


@pytest.mark.parametrize(
    "paragraph",
    [
        "hello",
        "book me a flight",
        "",
        "   ",
        "Write a poem about winter",
        "bonjour",
        "hola",
        "write a python function that adds numbers",
        "give me a recipe for pancakes",
        "dame una receta de tarta",
    ],
)
def test_refuses_what_is_no_task(paragraph: str) -> None:
    with pytest.raises(TaskUnclear) as refused:
        read(paragraph, [], Constraints())
    assert refused.value.code == 3
    assert "houses.csv" in refused.value.hint


@pytest.mark.parametrize(
    ("paragraph", "goal"),
    [
        ("Predict how many buns our bakery sells a day from the weekday and the weather.", "regress"),
        ("I fire bricks for a living. Given the recipe and how many hours they were in the kiln, how hard do they get?",
         "regress"),
        ("Tell the brown bears from the black ones by the length of their claws, please.", "classify"),
        ("¿Cuánto crecerá un roble en dos años, según su edad, el suelo, la lluvia y tres análisis de la tierra?",
         "regress"),
        ("I'd like something that tells teas apart by their chemistry.", "classify"),
        ("Tell sick cells from healthy ones by the features that the microscope's software measured.", "classify"),
    ],
)  # fmt: skip
def test_requests_that_name_no_data_are_tasks_on_tables(paragraph: str, goal: str) -> None:
    task = read(paragraph, [], Constraints())
    assert (task.goal, task.sources) == (goal, [])
    assert task.modality in ("table", None)


@pytest.mark.parametrize(
    ("paragraph", "goal", "sources"),
    [
        ("iris", "classify", ["iris"]),
        ("mnist accuracy pls", "classify", ["mnist"]),
        ("titanic.csv who survived", "classify", ["titanic.csv"]),
        ("recognise handwritten digits", "classify", []),
        ("do something with houses.csv", None, ["houses.csv"]),
        ("train a GAN on mnist", "generate", ["mnist"]),
        ("Wie hoch ist der Preis? haus.csv", "regress", ["haus.csv"]),
    ],
)
def test_terse_ones_are_tasks(paragraph: str, goal: str | None, sources: list[str]) -> None:
    task = read(paragraph, [], Constraints())
    assert (task.goal, task.sources) == (goal, sources)


@pytest.mark.parametrize(
    "paragraph",
    [
        "train a generator for handwritten digits and let me ask for a class",
        "Make new handwritten digits like these, from MNIST",
        "I have a collection of photos of cats in ./cats and I want to generate more photos of cats",
        "Do not classify anything: produce new Fashion-MNIST pictures, so that I can order a boot.",
        "Here are my drawings (./drawings). Could you make more of them?",
        "gnerate more pictures of cats, ./cats/",
        "Mache neue Bilder wie die in ./katzen/",
        "Génère de nouveaux chiffres comme ceux de mnist",
        "Genera nuevos dígitos como los de mnist",
        "I want 500 new faces like these, ./faces/",
    ],
)
@pytest.mark.parametrize("encoder", [True, False])
def test_more_of_the_same_is_to_be_generated(paragraph: str, encoder: bool) -> None:
    task = read(paragraph, [], Constraints()) if encoder else Reader(known(), None).read(paragraph, [], Constraints())
    assert (task.goal, task.target) == ("generate", None)
    assert task.modality in ("image", None)
    assert task.constraints.family is None


@pytest.mark.parametrize(
    ("paragraph", "goal"),
    [
        ("Predict whether the diesel generator fails, generator.csv", "classify"),
        ("forecast the inventory from stock.csv", "regress"),
        ("are these portraits real or fake? ./portraits/", "classify"),
        ("classify new photos like those in ./photos/", "classify"),
        ("detect ai-generated faces, ./faces/", "classify"),
    ],
)
def test_words_of_making_do_not_make_every_request_one_to_generate(paragraph: str, goal: str) -> None:
    assert read(paragraph, [], Constraints()).goal == goal


@pytest.mark.parametrize(
    ("paragraph", "pixels"),
    [
        ("generate more faces like those in ./faces/ at 64x64", 64),
        ("train a GAN on ./faces/, 32 pixels", 32),
        ("trainiere ein GAN auf ./gesichter/, 48 × 64 Pixel", 64),
        ("generate more faces like those in ./faces/", None),
        ("classify the 32x32 images in ./faces/", None),
    ],
)
def test_a_size_is_asked_for_only_where_images_are_made(paragraph: str, pixels: int | None) -> None:
    assert read(paragraph, [], Constraints()).constraints.pixels == pixels


def test_a_kind_of_data_that_no_word_tells_is_left_open_for_a_generator() -> None:
    assert read("gnerate more cats, ./cats/", [], Constraints()).modality in ("image", None)


def test_flags_win() -> None:
    task = read("classify photos in ./a/ within 5 minutes", ["./b/"], Constraints(budget_seconds=60.0))
    assert task.sources == ["./b/"]
    assert task.constraints.stated() == {"budget_seconds": 60.0}
    assert task.confidence["budget_seconds"] == 1.0


def test_data_flag_alone_is_enough() -> None:
    task = read("", ["houses.csv"], Constraints())
    assert (task.goal, task.modality, task.sources) == (None, "table", ["houses.csv"])


def test_rules_alone_plan_and_say_so() -> None:
    reader = Reader(known(), None, "the package x is not installed")
    task = reader.read("classify the photos in ./flowers/", [], Constraints())
    both = read("classify the photos in ./flowers/", [], Constraints())
    assert (task.goal, task.modality) == ("classify", "image") == (both.goal, both.modality)
    assert "the package x is not installed" in task.evidence["goal"]
    assert task.confidence["goal"] < both.confidence["goal"]


def test_every_decided_field_has_evidence() -> None:
    task = read("Predict the price from houses.csv in 10 minutes, RMSE, seed 3", [], Constraints())
    for name in ("goal", "modality", "target", "metric", "sources", "budget_seconds", "seed"):
        assert task.evidence[name]
        assert 0 < task.confidence[name] <= 1


def test_understood_in_one_line() -> None:
    task = Task(
        paragraph="x",
        goal="classify",
        modality="image",
        sources=["mnist"],
        constraints=Constraints(budget_seconds=600.0),
    )
    assert understood(task) == "Classify images from mnist: target chosen from the data, budget 10 min"


def test_only_a_name_is_shown_as_the_target() -> None:
    for paragraph, shown in (
        ("how strong will my concrete be, given the mix and the days?", "target chosen from the data"),
        ("which penguin is it, given the length of its bill?", "target chosen from the data"),
        ("Sag mir, welche Pinguinart das ist, anhand von Gewicht, Schnabel und Insel", "target chosen from the data"),
        ("tell wines apart by their chemistry", "target chosen from the data"),
        ("Predict the median price of a flat from homes.csv", "target median price of a flat"),
        ('The target column is "which one" in x.csv', "target which one"),
    ):
        assert shown in understood(read(paragraph, [], Constraints())), paragraph


def test_what_the_plan_takes_is_no_data_to_be_found() -> None:
    task = read("recognise handwritten digits", [], Constraints())
    assert "still to be found" in understood(task)
    assert "images from digits (built in)" in in_words(task, Rules().plan(task))
    named = read("learn something from the mnist digits", [], Constraints())
    assert "from mnist" in in_words(named, Rules().plan(named))


@pytest.mark.parametrize("paragraph", ["手書きの数字を認識する", "Распознавать рукописные цифры"])
def test_a_language_that_is_not_read_is_told_as_that(paragraph: str) -> None:
    with pytest.raises(TaskUnclear, match="English, German, French and Spanish") as caught:
        read(paragraph, [], Constraints())
    assert caught.value.kind == "language"


def test_asks_only_where_something_is_open() -> None:
    assert open_question(read("Predict the price from houses.csv", [], Constraints())) is None
    where = open_question(read("recognise handwritten digits", [], Constraints()))
    assert where is not None
    assert (where.about, where.text[:17]) == ("source", "Where is the data")


def test_import_is_light() -> None:
    code = (
        "import sys, noglue.agent.request; print(sorted({'numpy', 'tokenizers', 'safetensors', 'sklearn', "
        "'torch'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_long_text_is_read_in_time() -> None:
    story = "It rained a lot and we walked by the sea, and then " * 400
    began = time.monotonic()
    task = read(f"{story}. Predict the price from houses.csv", [], Constraints())
    assert task.sources == ["houses.csv"]
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    "text", ["Recognise contracts and minutes", "contracts or minutes?", "minutes, records, notes"]
)
def test_a_likeness_alone_tells_no_kind_of_files_that_are_at_hand(text: str) -> None:
    assert read(text, ["papers/"], Constraints()).modality is None
    assert read(f"{text} in the recordings", ["papers/"], Constraints()).modality == "audio"


@pytest.mark.parametrize(
    ("paragraph", "target"),
    [
        ("Tell apart the pictures of https://example.org/pictures.zip", None),
        ("Tell apart the species in ./flowers.csv", "species"),
        ("Tell apart cats and dogs in ./photos", "cats and dogs"),
    ],
)
def test_what_is_told_apart_is_not_called_apart(paragraph: str, target: str | None) -> None:
    assert Rules().understand(paragraph, [], Constraints()).target == target
