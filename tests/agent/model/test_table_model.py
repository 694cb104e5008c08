"""A model of rows in Python: asked with what people have in memory, answered in kind, from any thread."""

import asyncio
import copy
import json
import multiprocessing
import pickle
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import noglue
from noglue.agent.journal import verify
from noglue.tools.spec.errors import BadUsage, DataError


def people(count: int = 240, seed: int = 3) -> pd.DataFrame:
    """Whole numbers, words, dates and missing cells; who buys is a whole number, and so are the answers."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age": random.integers(18, 80, count),
            "city": random.choice(["Oslo", "Rome", "Bern"], count),
            "since": pd.date_range("2024-01-01", periods=count, freq="D"),
            "income": random.normal(50, 10, count).round(2),
        }
    )
    frame["bought"] = ((frame["age"] / 80 + 0.5 * (frame["city"] == "Rome")) > 0.8).astype(int)
    frame.loc[::17, "income"] = np.nan
    return frame


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("model") / "runs"


@pytest.fixture(scope="module")
def model(runs: Path) -> Iterator[noglue.Model]:
    """Trained in a thread of its own, as a program with a window or a server does it."""
    words = "Predict bought with a linear model."
    with ThreadPoolExecutor() as pool:
        told = pool.submit(noglue.run, words, data=people(), runs=runs, planner="rules", sandbox="auto").result()
    with told:
        yield told


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rows = people(40, seed=5).drop(columns="bought")
    rows.index = pd.Index([f"row {number}" for number in range(40)])
    return rows


def test_a_frame_is_answered_with_a_series_of_its_rows_and_typed(model: noglue.Model, frame: pd.DataFrame) -> None:
    said = model.predict(frame)
    assert isinstance(said, pd.Series)
    assert said.name == "bought"
    assert said.index.equals(frame.index)
    assert said.dtype == np.int64
    shares = model.predict_proba(frame)
    assert list(shares.columns) == [0, 1] == model.classes_.tolist()
    assert np.allclose(shares.sum(axis=1), 1)
    assert ((shares[1] > 0.5).astype(int) == said).all()


def test_the_same_rows_get_the_same_answers_in_whatever_form(model: noglue.Model, frame: pd.DataFrame) -> None:
    said = model.predict(frame).tolist()
    from_polars = model.predict(pl.from_pandas(frame))
    assert isinstance(from_polars, pl.Series)
    assert from_polars.to_list() == said
    assert model.predict(pa.Table.from_pandas(frame, preserve_index=False)).to_pylist() == said
    assert model.predict(frame.to_dict("records")) == said
    assert model.predict(frame[["income", "since", "city", "age"]]).tolist() == said, "columns go by their names"
    array = frame.to_numpy(object)
    assert isinstance(model.predict(array), np.ndarray)
    assert model.predict(array).tolist() == said
    one = model.predict(frame.iloc[0].to_dict())
    assert type(one) is int
    assert one == said[0]
    assert model.predict(frame.iloc[0]) == said[0]
    assert [model.predict({**row}) for row in frame.to_dict("records")[:5]] == said[:5], "neighbours change nothing"


def test_files_in_memory_and_on_the_command_line_agree(
    model: noglue.Model, frame: pd.DataFrame, tmp_path: Path
) -> None:
    frame.to_csv(tmp_path / "new.csv", index=False)
    told = model.predictions(tmp_path / "new.csv", proba=True)
    shares = model.predict_proba(frame)[1]
    assert max(abs(row.probabilities["1"] - share) for row, share in zip(told, shares, strict=True)) <= 1e-6
    assert model.predict(tmp_path / "new.csv") == model.predict(str(tmp_path / "new.csv"))
    assert model.predict(tmp_path / "new.csv") == [int(row.prediction) for row in told]
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "new.csv").rename(folder / "new.csv")
    assert model.predict(folder) == [int(row.prediction) for row in told]


def test_what_adds_up_to_an_answer(model: noglue.Model, frame: pd.DataFrame) -> None:
    amounts = model.explain(frame.head(5))
    assert isinstance(amounts, pd.DataFrame)
    assert set(amounts.columns) == {"age", "city", "since", "income"}
    assert amounts.index.equals(frame.head(5).index)
    assert amounts.abs().mean()[["age", "city"]].min() > amounts.abs().mean()[["since", "income"]].max()
    [told] = model.explain(frame.head(1).to_dict("records"))
    assert told["said"] == pytest.approx(model.predict_proba(frame.head(1)).max(axis=1).iloc[0], abs=1e-3)
    assert told["base"] + sum(reason["amount"] for reason in told["reasons"]) == pytest.approx(told["said"], abs=1e-3)


def test_cells_that_the_model_does_not_know_are_told_of(model: noglue.Model, frame: pd.DataFrame) -> None:
    odd = frame.head(20).astype({"age": object}).copy()
    odd.iloc[0, 0] = "old"
    with pytest.warns(noglue.InputWarning, match="age"):
        said = model.predict(odd)
    assert said.tolist()[1:] == model.predict(frame.head(20)).tolist()[1:]


def test_missing_columns_and_other_things_are_refused_with_what_would_do(
    model: noglue.Model, frame: pd.DataFrame
) -> None:
    with pytest.raises(DataError, match="columns age, city are missing"):
        model.predict(frame.drop(columns=["age", "city"]))
    with pytest.raises(BadUsage, match="4 columns") as caught:
        model.predict(np.zeros((3, 7)))
    assert "age, city, since, income" in caught.value.hint
    with pytest.raises(DataError, match="no file nowhere"):
        model.predict("nowhere.csv")
    with pytest.raises(BadUsage, match="not something this model"):
        model.predict(3.5)
    with pytest.raises(BadUsage, match="can't generate"):
        model.generate(3)
    with pytest.raises(BadUsage, match="can't forecast"):
        model.forecast()
    assert model.predict(frame.head(1)).tolist() == model.predict(frame).tolist()[:1], "it still answers"


def test_no_rows_get_no_answers(model: noglue.Model, frame: pd.DataFrame) -> None:
    assert model.predict(frame.head(0)).tolist() == []
    assert model.predict([]) == []
    assert model.predict_proba(frame.head(0)).shape == (0, 2)
    assert repr(model).count("\n") == 0
    assert "bought" in repr(model) or model.run in repr(model)


def test_whole_words_that_the_model_has_never_met_are_told_of(model: noglue.Model, frame: pd.DataFrame) -> None:
    with pytest.warns(noglue.InputWarning, match="No value of city is one that the model knows"):
        model.predict(frame.assign(city="Paris"))
    with pytest.warns(noglue.InputWarning, match="The column income is not there"):
        model.predict(frame.drop(columns="income"))


def test_any_thread_and_any_coroutine_may_ask(model: noglue.Model, frame: pd.DataFrame) -> None:
    said = model.predict(frame).tolist()
    parts = [frame.iloc[place : place + 4] for place in range(0, 40, 4)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda part: model.predict(part).tolist(), parts))
    assert list(chain.from_iterable(found)) == said

    async def ask() -> list[Any]:
        return list(await asyncio.gather(*(asyncio.to_thread(model.predict, part) for part in parts)))

    assert list(chain.from_iterable(one.tolist() for one in asyncio.run(ask()))) == said


def test_copies_and_processes_ask_a_model_of_their_own(model: noglue.Model, frame: pd.DataFrame) -> None:
    said = model.predict(frame).tolist()
    with pickle.loads(pickle.dumps(model)) as carried, copy.deepcopy(model) as copied:
        assert carried.predict(frame).tolist() == said == copied.predict(frame).tolist()
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply(_asked, (model, frame)) == said
    assert model.predict(frame).tolist() == said


def _asked(model: noglue.Model, frame: pd.DataFrame) -> list[int]:
    found: list[int] = model.predict(frame).tolist()
    model.close()
    return found


def test_it_leaves_memory_when_it_is_closed_and_comes_back_when_asked(
    model: noglue.Model, frame: pd.DataFrame, runs: Path
) -> None:
    said = model.predict(frame).tolist()
    assert list(runs.glob(".in-memory-*"))
    before = children()
    model.close()
    assert children() < before
    assert not list(runs.glob(".in-memory-*"))
    assert model.predict(frame).tolist() == said


def test_a_fork_that_lives_on_holds_nobody_up(model: noglue.Model, frame: pd.DataFrame) -> None:
    said = model.predict(frame).tolist()
    sleeping = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
    sleeping.start()
    try:
        began = time.monotonic()
        model.close()
        assert time.monotonic() - began < 30
    finally:
        sleeping.kill()
        sleeping.join()
    assert model.predict(frame).tolist() == said


def children() -> int:
    """Processes that this one has started."""
    return sum(len(one.read_text().split()) for one in Path("/proc/self/task").glob("*/children"))


def test_a_process_that_was_killed_is_followed_by_another(model: noglue.Model, frame: pd.DataFrame) -> None:
    said = model.predict(frame).tolist()
    running = model._process._running
    assert running is not None
    running._child.kill()
    assert model.predict(frame).tolist() == said


def test_its_use_stands_in_the_journal_which_still_verifies(model: noglue.Model, frame: pd.DataFrame) -> None:
    model.predict(frame.head(1))
    events = [json.loads(line) for line in (model.path / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    assert any("loaded into memory" in event.get("message", "") for event in events)
    assert verify(model.path) is None


def test_runs_are_found_again(model: noglue.Model, runs: Path, frame: pd.DataFrame) -> None:
    assert [one.run for one in noglue.runs(runs)] == [model.run]
    assert noglue.report(runs=runs) == model.report
    with noglue.load("latest", runs=runs) as again:
        assert again.predict(frame).tolist() == model.predict(frame).tolist()
    with pytest.raises(BadUsage, match="There is no run"):
        noglue.load("nothing", runs=runs)
