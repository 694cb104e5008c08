"""What a model that stays in memory is asked, and what it answers: plain numbers in arrays, words in the head.

    {"ask": "answers", "form": "table", "shares": true} and an Arrow table
    →  {"rows": 2, "problems": {}, …} and 0:codes int32 (n,), 0:sure float64 (n,), 0:shares float64 (n, k)

Of target t: `t:codes` the class of each row (-1: no answer), `t:sure` its probability, `t:shares` of every class, or
`t:values` the number (NaN: no answer); what a goal has instead stands in `own:NAME`, words of it in `texts`.
`problems`: row → why it has no answer. `strays`: what is to be known of cells and pixels, in words. The form of inputs:
`table` (an Arrow stream), `pixels` (arrays, see `tools/resident/messages.py`), `files` (their bytes, by name).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from noglue.tools.modelstore import image_inputs, inputs, load_model, memory_inputs
from noglue.tools.modelstore.answering import Answering
from noglue.tools.spec import goals
from noglue.tools.spec.errors import BadUsage, DataError, Kind
from noglue.tools.spec.schema import Schema

if TYPE_CHECKING:
    from noglue.tools.modelstore.inputs import Batch, Found

Arrays = dict[str, np.ndarray]
MOST_GENERATED = 100_000


class Answer(NamedTuple):
    """head: what goes as JSON. arrays: float64, int32 or uint8."""

    head: dict[str, Any]
    arrays: Arrays


class Asked:
    """The model of a folder, for as long as the process lives.

    >>> Asked(run / "model", "cpu", folder).answer({"ask": "answers", "form": "table"}, [stream]).arrays["0:values"]
    """

    def __init__(self, model: Path, device: str, place: Path) -> None:
        """place: for files that are given as bytes. Raises as `load_model` does."""
        self.schema = load_model.learned(model)
        self._model, self._place, self._device = model, place, device
        goal = goals.load(self.schema.goal)
        self._answering: Answering | None = None
        if goal.makes_new:
            _, self._sampler = load_model.sampler(model, device)
        elif goal.continues:
            from noglue.tools.forecasting import predicting

            self._forecaster = predicting.load(model, device)
        else:
            self._answering = Answering.load(model, device)

    def answer(self, asked: Mapping[str, Any], blobs: Sequence[bytearray]) -> Answer:
        """Raises DataError, BadUsage, StepFailed as `noglue predict` and `noglue generate` do."""
        match asked["ask"]:
            case "answers" | "reasons":
                return self._predict(asked, blobs)
            case "examples":
                return self._generate(asked)
            case "steps":
                return self._forecast(asked, blobs)
        raise BadUsage(Kind.USAGE, f"A model can't be asked for {asked['ask']!r}.")

    def _predict(self, asked: Mapping[str, Any], blobs: Sequence[bytearray]) -> Answer:
        load_model.must_predict(self.schema)
        if self._answering is None:
            raise BadUsage(Kind.USAGE, "This model forecasts.", hint="Ask it with forecast().")
        explain = asked["ask"] == "reasons"
        beside = self._answering.beside(explain=True) if explain else None
        found = self._found(asked, blobs)
        parts: list[list[np.ndarray]] = [[] for _ in self._answering.parts]
        names: list[str | int] = []
        problems: dict[int, str] = {}
        remarks: dict[int | str, str] = {}
        reasons: list[list[dict[str, Any] | None]] = [[] for _ in parts]
        cut = found.cut
        for batch in inputs.batches(found, self.schema):
            predicted, unreadable = self._answering.answers(batch)
            problems |= {len(names) + place: why for place, why in unreadable.items()}
            remarks |= {len(names) + place: said for place, said in batch.remarks.items()}
            cut += batch.cut
            for target, values in enumerate(predicted):
                parts[target].append(values)
                if beside is not None:
                    reasons[target] += _reasons(beside.each[target], batch, values)
            names += batch.names
        whole = [np.concatenate([_no_rows(part.schema), *one]) for one, part in
                 zip(parts, self._answering.parts, strict=True)]  # fmt: skip
        head = {
            "rows": len(names),
            "names": [str(name) for name in names] if found.files or found.unread else [],
            "problems": {str(place): why for place, why in sorted(problems.items())},
            "strays": [
                *_lacking(found, self.schema),
                *found.strays,
                *image_inputs.beyond(cut, self.schema),
                *inputs.remarked(remarks),
            ],
        }
        return Answer(head | self._words(whole) | ({"reasons": reasons} if explain else {}), self._arrays(whole, asked))

    def _arrays(self, whole: Sequence[np.ndarray], asked: Mapping[str, Any]) -> Arrays:
        assert self._answering is not None, "a model that predicts"
        found: Arrays = {}
        for place, (values, part) in enumerate(zip(whole, self._answering.parts, strict=True)):
            if goals.load(part.schema.goal).columns is not None:
                found |= {f"own:{name}": _numbers(cells) for name, cells in self._own(values).items()
                          if not pa.types.is_string(cells.type)}  # fmt: skip
            elif part.schema.classes is None:
                found[f"{place}:values"] = values.reshape(-1).astype(np.float64)
            else:
                from noglue.tools.evaluation.decision_threshold import answers

                known = np.isfinite(values).all(axis=1)
                codes = np.where(known, answers(np.nan_to_num(values), part.schema, part.threshold), -1)
                found[f"{place}:codes"] = codes.astype(np.int32)
                found[f"{place}:sure"] = np.where(known, values[np.arange(len(values)), codes], np.nan)
                if asked.get("shares"):
                    found[f"{place}:shares"] = values.astype(np.float64)
        return found

    def _words(self, whole: Sequence[np.ndarray]) -> dict[str, Any]:
        """What a goal has of each row that is words."""
        if goals.load(self.schema.goal).columns is None:
            return {}
        own = self._own(whole[0])
        texts = {name: cells.to_pylist() for name, cells in own.items() if pa.types.is_string(cells.type)}
        return {"own": list(own), "texts": texts}

    def _own(self, predicted: np.ndarray) -> dict[str, pa.Array]:
        from noglue.tools.modelstore.predictions import cells

        return cells(predicted, self.schema, proba=False, threshold=None)

    def _found(self, asked: Mapping[str, Any], blobs: Sequence[bytearray]) -> "Found":
        match asked["form"]:
            case "table":
                with pa.ipc.open_stream(pa.py_buffer(blobs[0])) as stream:
                    return memory_inputs.of_table(stream.read_all(), self.schema)
            case "pixels":
                pictures = [np.frombuffer(blob, one["dtype"]).reshape(one["shape"])
                            for one, blob in zip(asked["arrays"], blobs, strict=True)]  # fmt: skip
                return memory_inputs.of_pixels(pictures, self.schema)
        return inputs.find(self._laid_down(asked["names"], blobs), self.schema)

    def _laid_down(self, names: Sequence[str], blobs: Sequence[bytearray]) -> list[tuple[str, Path]]:
        """Files by the names that they have where they come from, each in a folder of its own."""
        given = []
        for place, (name, blob) in enumerate(zip(names, blobs, strict=True)):
            folder = self._place / str(place)
            folder.mkdir(exist_ok=True)
            for old in folder.iterdir():
                old.unlink()
            file = folder / (Path(name).name or "input")
            file.write_bytes(blob)
            given.append((name, file))
        return given

    def _generate(self, asked: Mapping[str, Any]) -> Answer:
        load_model.must_generate(self.schema)
        from noglue.tools.generation.sampling import find_label, pieces

        count = int(asked["count"])
        if not 1 <= count <= MOST_GENERATED:
            raise BadUsage(
                Kind.COUNT,
                f"It makes 1 to {MOST_GENERATED:,} at once in memory, not {count:,}.",
                hint="Ask several times with other seeds, or use `noglue generate`.",
            )
        label = None if asked["label"] is None else find_label(str(asked["label"]), self._sampler.classes)
        made = list(pieces(self._sampler, count, int(asked["seed"]), label))
        arrays: Arrays = {}
        if made[0][1] is not None:
            arrays["labels"] = np.concatenate([labels for _, labels in made if labels is not None]).astype(np.int32)
        if not isinstance(made[0][0], Mapping):
            arrays["pixels"] = np.concatenate([pixels for pixels, _ in made])
            return Answer({"classes": self._sampler.classes}, arrays)
        columns = {name: np.concatenate([rows[name] for rows, _ in made]) for name in made[0][0]}
        arrays |= {f"own:{name}": values.astype(np.float64) for name, values in columns.items()
                   if values.dtype.kind in "fiub"}  # fmt: skip
        texts = {name: [None if cell is None or cell != cell else str(cell) for cell in values]
                 for name, values in columns.items() if values.dtype.kind not in "fiub"}  # fmt: skip
        return Answer({"classes": self._sampler.classes, "own": list(columns), "texts": texts}, arrays)

    def _forecast(self, asked: Mapping[str, Any], blobs: Sequence[bytearray]) -> Answer:
        if not goals.load(self.schema.goal).continues:
            does = goals.load(self.schema.goal).does
            raise BadUsage(Kind.USAGE, f"This model can't forecast; {does}.", hint="Ask it with predict().")
        from noglue.tools.forecasting import predicting

        tables: list[pa.Table] = []
        strays: list[str] = []
        if asked["form"] != "nothing":
            found = self._found(asked, blobs)
            tables, strays = found.tables, found.strays
        if asked["form"] != "nothing" and not any(table.num_rows for table in tables):
            raise DataError(Kind.NOTHING_READABLE, "There are no new observations.", hint="Give rows that have some.")
        seen = predicting.observed(tables, self.schema, self._model)
        steps = predicting.next_steps(seen.able, self._forecaster, asked.get("level"))
        lacking = ["/".join(one.key) for one in seen.unable]
        few = f"fewer than {predicting.FEWEST} of its values are known"
        head = {
            "own": ["series", "time"],
            "texts": {
                "series": [one.series for one in steps for _ in one.time],
                "time": [str(moment) for one in steps for moment in one.time],
            },
            "problems": dict.fromkeys(lacking, few),
            "strays": [*strays, *seen.notes],
        }
        arrays = {name: np.concatenate([np.asarray(getattr(one, name), np.float64) for one in steps])
                  for name in ("mean", "low", "high")}  # fmt: skip
        return Answer(head, arrays)


def _lacking(found: "Found", schema: Schema) -> list[str]:
    """Columns that training had gaps in, and that these inputs lack altogether."""
    return [f"The column {name} is not there; the model takes it as missing" for name in inputs.gaps(found, schema)]


def _no_rows(schema: Schema) -> np.ndarray:
    return np.zeros(0 if schema.classes is None else (0, len(schema.classes)))


def _reasons(beside: Any, batch: "Batch", values: np.ndarray) -> list[dict[str, Any] | None]:
    return [None if one is None else one.model_dump(include={"reasons", "base", "said"})
            for one in beside.reasons(batch, values)]  # fmt: skip


def _numbers(cells: pa.Array) -> np.ndarray:
    """float64, NaN where null."""
    found: np.ndarray = cells.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return found
