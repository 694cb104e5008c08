"""A generator's samples on the way: numbers in a step's progress, bounded and counted, shown as blocks of colour."""

import io
import os

import numpy as np
import pytest
from pydantic import ValidationError
from rich.console import Console

from noglue.agent.events import Progress, read_events
from noglue.agent.ui import block_picture
from noglue.agent.ui.progress_words import progress_text
from noglue.tools.pictures import contact_sheet
from noglue.tools.spec.thumbnail import MOST_HIGH, MOST_WIDE, Thumbnail


@pytest.mark.parametrize("shape", [(40, 8, 8, 1), (40, 28, 28, 1), (40, 32, 32, 3), (3, 200, 90, 3), (1, 4, 900, 1)])
def test_samples_of_any_size_fit_a_terminal(shape: tuple[int, int, int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    found = contact_sheet.thumbnail(pixels)
    assert 1 <= found.width <= MOST_WIDE
    assert 1 <= found.height <= MOST_HIGH


def test_small_samples_keep_their_pixels() -> None:
    pixels = np.arange(2 * 4 * 4, dtype=np.uint8).reshape(2, 4, 4, 1)
    found = contact_sheet.thumbnail(pixels)
    assert (found.width, found.height) == (9, 4)
    assert found.pixels[:4] == [(0, 0, 0), (1, 1, 1), (2, 2, 2), (3, 3, 3)]
    assert found.pixels[5] == (16, 16, 16)


@pytest.mark.parametrize(
    "claimed",
    [
        {"width": 2, "height": 2, "rgb": "AAAA"},
        {"width": 0, "height": 2, "rgb": ""},
        {"width": 77, "height": 1, "rgb": "A" * 308},
        {"width": 1, "height": 25, "rgb": "A" * 100},
        {"width": 1, "height": 1, "rgb": "\x1b[2J"},
        {"width": 1, "height": 1, "rgb": "AA=A"},
        {"width": 1, "height": 1, "rgb": "A" * 100_000},
    ],
    ids=["too few", "no width", "too wide", "too high", "no base64", "odd base64", "too many"],
)
def test_a_picture_that_is_not_what_it_claims_is_dropped_with_its_event(claimed: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Thumbnail.model_validate(claimed)
    reading, writing = os.pipe()
    honest = Progress(stage="step", done=1, picture=Thumbnail.of(1, 1, b"abc")).model_dump_json()
    lying = honest.replace(Thumbnail.of(1, 1, b"abc").model_dump_json(), str(claimed).replace("'", '"'))
    assert lying != honest
    os.write(writing, f"{lying}\n{honest}\n".encode()[: 1 << 16])
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        events = [event for event in read_events(stream) if event is not None]
    assert len(events) <= 1
    assert all(isinstance(event, Progress) and event.picture is not None for event in events)


def test_two_rows_of_pixels_are_one_line_of_blocks() -> None:
    red, blue, green = (255, 0, 0), (0, 0, 255), (0, 255, 0)
    picture = Thumbnail.of(1, 3, bytes([*red, *blue, *green]))
    screen = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor", width=40)
    screen.print(block_picture.blocks(picture))
    first, second = screen.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert "38;2;255;0;0;48;2;0;0;255m▀" in first
    assert "38;2;0;255;0;48;2;0;0;0m▀" in second


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"stage": "epoch", "done": 19.42, "total": 20.0, "loss": 0.8826, "validation": 0.978, "measure": "accuracy"},
         "epoch 19.4 of 20 · validation accuracy 97.8 % · loss 0.883"),
        ({"stage": "candidate", "done": 4, "total": 19, "name": "lightgbm", "validation": 3250.2, "measure": "rmse",
          "params": {"leaves": 7}}, "candidate 4 of 19 · lightgbm · validation RMSE 3,250"),
        ({"stage": "download", "done": 3_100_000, "total": 170_500_000, "unit": "bytes", "rate": 2e6, "url": "http://x"},
         "download 3.1 MB of 170.5 MB · 2.0 MB/s"),
        ({"stage": "predict", "done": 120, "total": 300, "unit": "inputs"}, "predict 120 of 300 inputs"),
        ({"stage": "round", "done": 7, "validation": float("nan"), "loss": float("inf"), "seconds_left": -3.0},
         "round 7 · 0.0 s left"),
        ({"stage": "round", "done": float("nan"), "validation": "high", "measure": "no_such"}, "round"),
    ],
)  # fmt: skip
def test_progress_is_said_in_words(facts: dict[str, object], told: str) -> None:
    assert progress_text(Progress.model_validate(facts)) == told
