"""New tables are read as the training table was: the same row gets the same answer whatever stands beside it."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from noglue.tools.spec.errors import DataError
from tests.tools.predicting import predicted, trained, without_form
from tests.tools.preparing import Run

RANDOM = np.random.default_rng(7)


def answers(run: Run, file: Path) -> list[str]:
    return [row["prediction"] for row in predicted(run, (file.name, file))[1]]


def german(number: float, places: int = 2) -> str:
    return f"{number:,.{places}f}".translate(str.maketrans(",.", ".,"))


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Excel's German CSV: the price hangs on the size, the plot, the month of the sale, and the state of the roof."""
    base = tmp_path_factory.mktemp("houses")
    lines = ["Fläche;Grundstück;Verkauft;Dach;Preis"]
    for _ in range(400):
        size, plot = RANDOM.uniform(40, 250), int(RANDOM.integers(300, 4000))
        month, day = int(RANDOM.integers(1, 13)), int(RANDOM.integers(1, 29))
        roof = RANDOM.choice(["gut", "alt", "k. A."])
        price = 2000 * size + 100 * plot + 20_000 * month - 90_000 * (roof == "alt")
        cells = [german(size, 1), german(plot, 0), f"{day:02}/{month:02}/2023", roof, german(price)]
        lines.append(";".join(cells))
    (base / "in.csv").write_bytes("\r\n".join([*lines, ""]).encode("cp1252"))
    return trained(base / "run", base / "in.csv", family="linear", target="Preis", goal="regress")


def test_a_number_without_a_comma_beside_it(tmp_path: Path, houses: Run) -> None:
    head = "Fläche;Grundstück;Verkauft;Dach\n"
    (tmp_path / "whole.csv").write_text(head + "87;1.896;03/04/2023;gut\n145;1.612;05/01/2023;alt\n")
    (tmp_path / "comma.csv").write_text(head + "87,0;1.896;03/04/2023;gut\n145,0;1.612,0;05/01/2023;alt\n")
    (tmp_path / "plain.csv").write_text(head + "87;1896;2023-04-03;gut\n145;1612;2023-01-05;alt\n")
    pd.read_csv(tmp_path / "whole.csv", sep=";", dtype=str).to_parquet(tmp_path / "text.parquet")
    found = [answers(houses, tmp_path / name) for name in ("whole.csv", "comma.csv", "plain.csv", "text.parquet")]
    assert found[1:] == found[:-1]


def test_any_subset_gets_the_same_answers(tmp_path: Path, houses: Run) -> None:
    rows = ["1.250;800;03/04/2023;gut", "97,5;1.800;25/12/2023;alt", "?;1.100;07/06/2023;gut", "88;900;#WERT!;NA"]
    written = {}
    for name, chosen in {"all": [0, 1, 2, 3], "one": [0], "back": [3, 2, 0], "two": [0, 2]}.items():
        file = tmp_path / f"{name}.csv"
        file.write_text("Fläche;Grundstück;Verkauft;Dach\n" + "".join(f"{rows[place]}\n" for place in chosen))
        written[name] = dict(zip(chosen, answers(houses, file), strict=True))
    for found in written.values():
        whole = {place: float(written["all"][place]) for place in found}
        assert {place: float(one) for place, one in found.items()} == pytest.approx(whole)


def test_what_does_not_fit_is_told_with_its_count(tmp_path: Path, houses: Run) -> None:
    rows = "".join(f"{n},5;1.{n};03/04/2023;gut\n" for n in range(100, 140))
    (tmp_path / "new.csv").write_text(
        f"Fläche;Grundstück;Verkauft;Dach\n{rows}groß;1.5;12/25/2023;gut\nklein;2.000;3.4.23;alt\n"
    )
    result, _ = predicted(houses, ("new.csv", tmp_path / "new.csv"))
    assert result.strays == [
        "column 'Fläche': 2 values that do not fit the others ('groß', 'klein') are read as missing",
        "column 'Grundstück': 1 value that does not fit the others ('1.5') is read as missing",
        "column 'Verkauft': 2 values that do not fit the others ('12/25/2023', '3.4.23') are read as missing",
    ]
    assert set(result.strays) <= set(houses.notes)


def test_a_column_in_another_form_altogether_is_refused(tmp_path: Path, houses: Run) -> None:
    rows = "".join(f"{n}.5,1896,2023-04-03,gut\n" for n in range(100, 140))
    (tmp_path / "new.csv").write_text(f"Fläche,Grundstück,Verkauft,Dach\n{rows}")
    with pytest.raises(DataError, match=r"Fläche.*100\.5") as caught:
        answers(houses, tmp_path / "new.csv")
    assert caught.value.kind == "wrong-type"


def test_the_training_file_itself_gives_the_features_that_training_saw(houses: Run, tmp_path: Path) -> None:
    whole = houses.folder.parent / "in.csv"
    lines = whole.read_bytes().decode("cp1252").splitlines()
    found = answers(houses, whole)
    for start in (0, 150, 390):
        (tmp_path / "part.csv").write_bytes("\n".join([lines[0], *lines[start + 1 : start + 11], ""]).encode("cp1252"))
        part = [float(one) for one in answers(houses, tmp_path / "part.csv")]
        assert part == pytest.approx([float(one) for one in found[start : start + 10]])


def test_prices_on_request_are_told_where_the_score_is_read(tmp_path: Path) -> None:
    sizes = RANDOM.uniform(40, 250, 300)
    price = [f"{2000 * size:.2f}" if n % 12 else "on request" for n, size in enumerate(sizes)]
    pd.DataFrame({"size": sizes, "price": price}).to_csv(tmp_path / "in.csv", index=False)
    run = Run(tmp_path / "run")
    result = run.prepare(tmp_path / "in.csv", target="price")
    assert result.schema_.goal == "regress"
    told = [warning.message for warning in result.warnings if warning.kind == "unreadable"]
    assert told == ["25 values of price, like 'on request', can't be read as numbers; these rows are left out."]


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """UCI's way: no header, the class first, `?` for what is missing."""
    base = tmp_path_factory.mktemp("members")
    (base / "votes.data").write_text("".join(",".join(row) + "\n" for row in votes(300)))
    return trained(base / "run", base / "votes.data", family="linear", target="column_1")


def votes(count: int) -> list[list[str]]:
    rows = []
    for _ in range(count):
        party = RANDOM.random() < 0.5
        along = RANDOM.random(8) < 0.9
        told = ["ny"[int(along[i] == (party == bool(i % 2)))] if RANDOM.random() < 0.95 else "?" for i in range(8)]
        rows.append(["democrat" if party else "republican", *told])
    return rows


def test_rows_without_names_and_without_the_class(tmp_path: Path, members: Run) -> None:
    rows = votes(60)
    for name, first in {"with.data": 0, "without.data": 1}.items():
        (tmp_path / name).write_text("".join(",".join(row[first:]) + "\n" for row in rows))
    found = answers(members, tmp_path / "without.data")
    assert np.mean([one == row[0] for one, row in zip(found, rows, strict=True)]) > 0.9
    assert answers(members, tmp_path / "with.data") == found
    (tmp_path / "one.data").write_text(",".join(rows[0][1:]) + "\n")
    assert answers(members, tmp_path / "one.data") == found[:1]
    (tmp_path / "few.data").write_text("y,n,y\n")
    with pytest.raises(DataError, match="3 columns") as caught:
        answers(members, tmp_path / "few.data")
    assert caught.value.code == 4


def test_questions_one_a_line(tmp_path: Path) -> None:
    nouns = ["the harbour", "salt", "the island, at last", "granite; or tin"]
    begins = {"person": ["Who painted", "Who ruled", "Who built"], "thing": ["What is", "What is called", "What makes"]}
    with (tmp_path / "in.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["question", "about"])
        for n in range(240):
            about = ["thing", "person"][n % 2]
            year = f" in {n}" if n % 4 else ""  # not in each, as not in each of the new ones
            writer.writerow([f"{begins[about][n % 3]} {nouns[n // 6 % 4]}{year} ?", about])
    run = trained(tmp_path / "run", tmp_path / "in.csv", family="linear", target="about")
    questions = ["Who built the island, at last ?", "What is granite; or tin, in 12 ?", "Who ruled salt"]
    for name, text in {
        "named.csv": "\n".join(["question", *questions]),
        "bare.csv": "\n".join(questions),
        "bare.txt": "\n".join(questions) + "\n",
        "one.txt": questions[0],
    }.items():
        (tmp_path / name).write_text(text)
        assert answers(run, tmp_path / name) == ["person", "thing", "person"][: 1 if name == "one.txt" else 3]


def test_pixels_in_a_cell(tmp_path: Path) -> None:
    pixels = RANDOM.integers(0, 90, (120, 10, 10))
    kinds = np.arange(120) % 2
    for place, kind in enumerate(kinds):
        pixels[place, 5 * kind : 5 * kind + 5] += 120
    cells = [" ".join(map(str, one.reshape(-1))) for one in pixels]
    usage = ["Training"] * 80 + ["PublicTest"] * 20 + ["PrivateTest"] * 20
    pd.DataFrame({"emotion": kinds, "pixels": cells, "Usage": usage}).to_csv(tmp_path / "faces.csv", index=False)
    run = trained(tmp_path / "run", tmp_path / "faces.csv", family="pixels_linear")
    pd.DataFrame({"pixels": cells[:20]}).to_csv(tmp_path / "new.csv", index=False)
    assert answers(run, tmp_path / "new.csv") == [str(kind) for kind in kinds[:20]]
    (tmp_path / "ragged.csv").write_text("\n".join(["pixels,n", f"{cells[0]},1", "1,2,3", f"{cells[1]},2"]))
    with pytest.raises(DataError, match=r"1 of the 3 rows.*of another length than the 2 columns"):
        answers(run, tmp_path / "ragged.csv")


def test_rows_of_another_length_keep_their_place(tmp_path: Path, houses: Run) -> None:
    head = "Fläche;Grundstück;Verkauft;Dach\n"
    good = "87;1.896;03/04/2023;gut\n"
    (tmp_path / "new.csv").write_text(head + good * 3 + head + good + "87;1.896;03/04/2023;gut;7\n")
    found = answers(houses, tmp_path / "new.csv")
    assert len(found) == 5
    assert found[4] == ""
    assert len(set(found[:4])) == 1


def test_a_table_for_a_model_that_does_not_tell_the_form_of_its_data(tmp_path: Path) -> None:
    table = pd.DataFrame({"size": RANDOM.uniform(40, 250, 200), "day": "2023-04-03", "roof": ["old", "new"] * 100})
    table["price"] = 2000 * table["size"] - 50_000 * (table["roof"] == "old")
    table.to_csv(tmp_path / "in.csv", index=False)
    run = trained(tmp_path / "run", tmp_path / "in.csv", family="linear", target="price")
    table[:20].drop(columns="price").to_csv(tmp_path / "new.csv", index=False)
    before = answers(run, tmp_path / "new.csv")
    without_form(run)
    assert answers(run, tmp_path / "new.csv") == before
    assert any("does not say in what form" in note for note in run.notes)
