"""Small data sets of every goal and modality, written as other programs write them, for the laws that all must obey.

A world writes its files anew in another order of rows or columns; what noglue makes of them must not depend on that.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

ROWS = 300


@dataclass(frozen=True)
class World:
    """A table with a target, and how it is written. family: of the model that learns it, quick and linear.

    write(table, path): a file without the target too, which is how new rows come.
    """

    name: str
    table: pd.DataFrame
    target: str
    write: Callable[[pd.DataFrame, Path], Path]
    family: str = "linear"
    metric: str = "rmse"
    goal: str = "regress"
    modality: str = "table"
    columns_may_move: bool = True
    wishes: dict[str, object] = field(default_factory=dict)


def comma(table: pd.DataFrame, path: Path) -> Path:
    table.to_csv(path.with_suffix(".csv"), index=False)
    return path.with_suffix(".csv")


def parquet(table: pd.DataFrame, path: Path) -> Path:
    table.to_parquet(path.with_suffix(".parquet"), index=False)
    return path.with_suffix(".parquet")


def german(table: pd.DataFrame, path: Path) -> Path:
    """As Excel saves it in Germany: semicolons, decimal commas, points between thousands, day first."""
    written = table.copy()
    for name, values in table.items():
        if pd.api.types.is_datetime64_any_dtype(values):
            written[name] = values.dt.strftime("%d.%m.%Y")
        elif pd.api.types.is_float_dtype(values):
            written[name] = [f"{value:,.2f}".translate(str.maketrans(",.", ".,")) for value in values]
    file = path.with_suffix(".csv")
    file.write_text(written.to_csv(index=False, sep=";"), encoding="cp1252")
    return file


def accounts(table: pd.DataFrame, path: Path) -> Path:
    """As accountants write it: losses in brackets, thousands by comma, `n.a.` where nothing is known."""
    file = path.with_suffix(".csv")
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(table.columns)
        writer.writerows([[_account(value) for value in row] for row in table.itertuples(index=False)])
    return file


def _account(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    if np.isnan(value):
        return "n.a."
    return f"({-value:,.2f})" if value < 0 else f"{value:,.2f}"


def bare(table: pd.DataFrame, path: Path) -> Path:
    """Without a header, as in the archives of the nineties."""
    table.to_csv(path.with_suffix(".data"), index=False, header=False)
    return path.with_suffix(".data")


def numbers(random: np.random.Generator, rows: int = ROWS) -> pd.DataFrame:
    table = pd.DataFrame(random.normal(size=(rows, 3)).round(4), columns=["width", "height", "weight"])
    table["colour"] = random.choice(["red", "green", "blue"], rows)
    table["price"] = (500 * table["width"] - 300 * table["height"] + 200 * (table["colour"] == "red")).round(2)
    table["price"] += random.normal(0, 50, rows).round(2)
    return table


def flats(random: np.random.Generator) -> pd.DataFrame:
    table = pd.DataFrame({"Flaeche": random.uniform(30, 1900, ROWS).round(2)})
    table["Grund"] = random.integers(200, 4000, ROWS).astype(float)
    table["Verkauft"] = pd.Timestamp("2021-01-01") + pd.to_timedelta(random.integers(0, 900, ROWS), "D")
    table["Preis"] = (2000 * table["Flaeche"] + 30 * table["Grund"] + random.normal(0, 9000, ROWS)).round(2)
    return table


def books(random: np.random.Generator) -> pd.DataFrame:
    table = pd.DataFrame(
        {"before": random.normal(0, 2000, ROWS).round(2), "cash": random.normal(0, 300, ROWS).round(2)}
    )
    table["result"] = (table["before"] * 0.9 + table["cash"] + random.normal(0, 100, ROWS)).round(2)
    table.loc[random.random(ROWS) < 0.05, "cash"] = np.nan
    return table


def kinds(random: np.random.Generator) -> pd.DataFrame:
    table = numbers(random).drop(columns="price")
    score = table["width"] - table["height"] + random.normal(0, 0.3, len(table))
    return table.assign(kind=np.where(score > 0.5, "large", np.where(score < -0.5, "small", "medium")))


def votes(random: np.random.Generator) -> pd.DataFrame:
    party = random.choice(["north", "south"], ROWS)
    agree = np.where(party == "north", 0.85, 0.2)
    answers = {f"q{i}": np.where(random.random(ROWS) < agree, "y", "n") for i in range(8)}
    return pd.DataFrame({"party": party, **answers}).mask(random.random((ROWS, 9)) < 0.02, "?").assign(party=party)


def people(random: np.random.Generator) -> pd.DataFrame:
    table = numbers(random)
    table.insert(0, "patient", np.repeat([f"P{i}" for i in range(30)], 10))
    table["price"] += np.repeat(random.normal(0, 80, 30), 10)
    return table


def series(random: np.random.Generator) -> pd.DataFrame:
    heat, fresh = np.zeros(ROWS), random.normal(0, 2, ROWS)
    for day in range(1, ROWS):
        heat[day] = 0.8 * heat[day - 1] + fresh[day]
    table = pd.DataFrame({"day": pd.date_range("2022-01-01", periods=ROWS), "heat": (20 + heat).round(1)})
    return table.assign(sold=(500 + 20 * table["heat"] + random.normal(0, 8, ROWS)).round(1))


def pictures(random: np.random.Generator, grey: bool = True) -> pd.DataFrame:
    """`image`: uint8 arrays; a bright bar that stands or lies."""
    images, kinds = [], []
    for _ in range(120):
        pixels = random.integers(0, 90, (12, 12))
        kind = random.choice(["lying", "standing"])
        at = int(random.integers(2, 9))
        pixels[(slice(at, at + 2), slice(None)) if kind == "lying" else (slice(None), slice(at, at + 2))] += 120
        images.append(pixels.astype(np.uint8))
        kinds.append(kind)
    return pd.DataFrame({"image": images, "kind": kinds, "name": [f"{i:03d}.png" for i in range(120)]})


def folders(table: pd.DataFrame, path: Path) -> Path:
    """A folder a class; new pictures lie in one folder."""
    for row in table.itertuples():
        place = path / str(getattr(row, "kind", "."))
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(row.image).save(place / row.name)
    return path


def sixteen_bits(table: pd.DataFrame, path: Path) -> Path:
    """The same, 12 bits of brightness in files of 16."""
    return folders(table.assign(image=[(image.astype(np.uint16) * 16) for image in table["image"]]), path)


def arrays(table: pd.DataFrame, path: Path) -> Path:
    """An npz of floats from 0 to 1, with labels where there are any."""
    pixels = np.stack(table["image"].to_list()).astype(np.float32) / 255
    labels = {"y": table["kind"].to_numpy().astype(str)} if "kind" in table else {}
    np.savez(path.with_suffix(".npz"), x=pixels, **labels)
    return path.with_suffix(".npz")


def worlds() -> list[World]:
    random = np.random.default_rng(20)
    picture = {"family": "pixels_linear", "metric": "accuracy", "goal": "classify", "modality": "image"}
    bars = pictures(random)
    return [
        World("csv", numbers(random), "price", comma),
        World("parquet", numbers(random), "price", parquet),
        World("german", flats(random), "Preis", german),
        World("accounts", books(random), "result", accounts),
        World("classes", kinds(random), "kind", comma, metric="accuracy", goal="classify"),
        World("bare", votes(random), "party", bare, metric="accuracy", goal="classify", columns_may_move=False),
        World("people", people(random), "price", comma),
        World("series", series(random), "sold", comma),
        World("folders", bars, "kind", folders, columns_may_move=False, **picture),  # type: ignore[arg-type]
        World("16 bits", bars, "kind", sixteen_bits, columns_may_move=False, **picture),  # type: ignore[arg-type]
        World("arrays", bars, "kind", arrays, columns_may_move=False, **picture),  # type: ignore[arg-type]
    ]
