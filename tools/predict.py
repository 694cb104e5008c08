"""A finished model on new inputs: files, folders, what archives held, tables.

    inputs=[{"as_given": "pets", "path": "/home/ann/pets"}]  →  steps/09-predict/predictions.csv

    input,prediction,confidence,problem
    pets/a.png,cat,0.981230,
    pets/broken.png,,,it is cut off

One row an input, in input order; folders in natural order, with all below them. What can't be read keeps its row, with
the reason, and is told of in the log. `model/` alone is needed: `model.json` names the family, `schema.json` says what
goes in, `decision.json`, where there is one, from which probability on the answer is the positive class. What is
written of several targets: `tools/modelstore/several_predictions.py`.
"""

from pydantic import BaseModel, Field

from noglue.tools.modelstore import load_model
from noglue.tools.spec import goals
from noglue.tools.spec.errors import DataError, Kind, StepFailed
from noglue.tools.spec.step import Access, Arguments, Step
from noglue.tools.spec.step_paths import StepPath

ACCESS = Access(reads=("model",), device=True)
MOST_REASONS = 40  # unreadable inputs, each with its reason


class Given(BaseModel):
    """as_given: what the user typed; path: where it lies now (of an archive: what was extracted)."""

    as_given: str
    path: str


class Args(Arguments):
    """proba: also write one column a class. keep: columns of the input to copy beside the answers, see `keeping`.

    intervals: also write between which values, or in which set of labels, the truth lies so often (0.9). explain: also
    write what speaks most for each answer.
    """

    inputs: list[Given] = Field(min_length=1)
    proba: bool = False
    keep: list[str] = Field(default_factory=list)
    intervals: float | None = Field(default=None, gt=0, lt=1)
    explain: bool = False

    def reads(self) -> list[str]:
        return list(dict.fromkeys(given.path for given in self.inputs))


class Result(BaseModel):
    """file: predictions.csv. rows: of it; unread: how many inputs could not be read; reasons: of the first ones.

    strays: cells and pixels that do not fit the form in which the model knows them, in words. said: what is to be known
    of columns that stand beside the answers, and of inputs that are unlike the training rows.
    """

    file: StepPath
    rows: int
    unread: int = 0
    reasons: list[str] = []
    strays: list[str] = []
    said: list[str] = []


def run(args: Args, step: Step) -> Result:
    """Raises DataError `no-model`, `nothing-readable`, `wrong-kind`, `missing-columns`; BadUsage `generates`,
    `keep`, `intervals`, `explain`; StepFailed `unknown-family`, `nan-predictions`.
    """
    from noglue.tools.modelstore import image_inputs, inputs, kept_columns
    from noglue.tools.modelstore.answering import NO_NUMBER, Answering
    from noglue.tools.modelstore.predictions import PredictionWriter

    schema = load_model.learned(step.run / "model")
    if (own := goals.load(schema.goal).predict) is not None:
        return Result.model_validate(own(args, step, schema).model_dump())
    answering = Answering.load(step.run / "model", step.device)
    beside = answering.beside(args.intervals, args.explain)
    found = inputs.find([(given.as_given, step.path(given.path)) for given in args.inputs], schema)
    kept = kept_columns.kept(found, args.keep, schema)
    for stray in found.strays:
        step.note(stray)
    if schema.form is None:
        step.note("The model does not say in what form its data came; the form of the new files is worked out again.")
    file = step.folder / "predictions.csv"
    reasons: list[str] = []
    unread, unanswered, cut = 0, 0, found.cut
    remarks: dict[int | str, str] = {}
    names = (kept.column_names, answering.thresholds, True, beside.names)
    with PredictionWriter(file, schema, args.proba, *names) as writer:
        for batch in inputs.batches(found, schema):
            predicted, unreadable = answering.answers(batch)
            copied = kept.slice(writer.rows, len(batch.names))
            problems = batch.remarks | unreadable
            remarks |= {batch.names[place]: said for place, said in batch.remarks.items()}
            writer.write(batch.names, predicted, copied, problems, beside.cells(batch, predicted, step))
            unread, cut = unread + len(unreadable), cut + batch.cut
            unanswered += list(unreadable.values()).count(NO_NUMBER)
            for place, reason in sorted(unreadable.items())[: MOST_REASONS - len(reasons)]:
                reasons.append(f"{batch.names[place]}: {reason}")
                step.note(f"can't be read: {reasons[-1]}")
            step.progress("predict", writer.rows, found.total, unit="inputs")
    if unanswered and unread == writer.rows:
        raise StepFailed(
            Kind.NAN_PREDICTIONS,
            "The model answers nothing with a number; its files may be damaged.",
            hint="Train it again.",
        )
    if unread == writer.rows:
        raise DataError(
            Kind.NOTHING_READABLE,
            f"None of the {unread} inputs can be read; the first: {reasons[0]}." if unread else "There are no inputs.",
            hint=f"This model takes {inputs.kind_taken(schema)}.",
        )
    for name in inputs.gaps(found, schema):
        step.note(f"The column {name} is not there; the model takes it as missing.")
    beyond = [*image_inputs.beyond(cut, schema), *inputs.remarked(remarks)]
    for line in beyond:
        step.note(line)
    strays = [*found.strays, *beyond]
    return Result(
        file=step.name(file),
        rows=writer.rows,
        unread=unread,
        reasons=reasons,
        strays=strays,
        said=beside.ending(writer.rows),
    )
