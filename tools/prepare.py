"""Raw files to the canonical data set: splits first, test sealed, columns that must not be learned from left out.

    data/train  data/validation [data/unlabelled]  data/schema.json  sealed/test       (see tools/spec/schema.py)

    >>> run(Args(profile=profile, target="Survived"), step).rows
    {'train': 570, 'validation': 143, 'test': 178}

An official test split is kept; where it has no labels its rows are the ones to predict (`unlabelled`), and a test
split is drawn from train. Rows of equal content never stand on both sides. Every random choice comes from the seed.
"""

import shutil
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from noglue.tools.files import damage
from noglue.tools.preparation.splits_by_file import arranged, chosen
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.forecasting import Horizon
from noglue.tools.spec.ledgers import RowLedger
from noglue.tools.spec.profiles import DataWarning, GoalName, Profile
from noglue.tools.spec.protocols import DRAWN, Match
from noglue.tools.spec.requested import AskedTarget, Condition, Derived, Labels, MissingWords, Misspelt
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Access, Arguments, Step
from noglue.tools.spec.warning_order import MISSPELT

ACCESS = Access(writes=("data", "sealed"), reusable=True)
FILLED_BY = {"profile": ("inspect.profile", "inspect.profiles")}
SAMPLE = "sample_submission.csv"
LOOKING, LOOKING_SHARE = 2.0, 0.05  # seconds for the overview, and of the time that is left


class Args(Arguments):
    """profile: what `inspect` found. goal, target: None lets the data decide.

    targets: several columns to predict, beside each other, in the place of `goal` and `target`. labels_in: they are the
    labels that fit a row, each a column, or all of them in the cells of one column, which is then the only target.
    test_fraction: of the labelled rows; None: a fifth, where no test split comes with the data; one that is asked for
    divides those of an official test split anew. validation_fraction: of the rest, None by its size.
    max_rows: learn from at most so many rows. labels: from at most so many labelled rows, those that choices are made
    by among them. keep_unlabelled: the other rows stay in train without their labels, where the data are images;
    elsewhere, and else, they are left unused.
    group, time: the column whose values a split must not tear apart, or that it goes by. drop: columns to leave out.
    ahead: the words of the request that ask for what comes after the rows, if any do; in a series that is a forecast.
    horizon: how far; None: a season. series: columns that tell several series apart (none: as the times show).
    aggregate: how rows of one time are merged. level: the share of values that its intervals are to hold.
    exclude, only: columns to leave out, or to use and no others. where: rows to use, all conditions at once; the others
    are left out. sample: a share of the rows to learn from. missing: cells that stand for a missing value. derive: what
    to make of the target's column. positive: the class of two that is looked for. classes: learn of these alone.
    test_rows: so many rows for the test. test_place: `any`, or the `first` or `last` as the files have them.
    test_where: exactly these rows are the test; train_where: and these alone are learned from (None: all others).
    train_files, test_files: names of files that the request puts into these splits.
    tables: names of the files and sheets that alone are read; none for all.
    misspelt: names of the request that were taken in spite of a slip, which are warned of.
    """

    profile: Profile
    goal: GoalName | None = None
    target: str | None = None
    targets: list[AskedTarget] = Field(default_factory=list)
    labels_in: Labels | None = None
    test_fraction: float | None = Field(None, gt=0, lt=1)
    validation_fraction: float | None = Field(None, gt=0, lt=1)
    max_rows: int | None = Field(None, ge=10)
    labels: int | None = Field(None, ge=2)
    keep_unlabelled: bool = False
    group: str | None = None
    time: str | None = None
    ahead: str | None = None
    horizon: Horizon | None = None
    series: list[str] = Field(default_factory=list)
    aggregate: Literal["sum", "mean"] | None = None
    level: float | None = Field(None, gt=0, lt=1)
    drop: list[str] = Field(default_factory=list)
    exclude: list[str] = Field(default_factory=list)
    only: list[str] = Field(default_factory=list)
    where: list[Condition] = Field(default_factory=list)
    sample: float | None = Field(None, gt=0, le=1)
    missing: list[MissingWords] = Field(default_factory=list)
    derive: Derived | None = None
    positive: str | None = None
    classes: list[str] | None = None
    test_rows: int | None = Field(None, ge=1)
    test_place: Literal["any", "first", "last"] = "any"
    test_where: list[Condition] = Field(default_factory=list)
    train_where: list[Condition] = Field(default_factory=list)
    train_files: list[str] = Field(default_factory=list)
    test_files: list[str] = Field(default_factory=list)
    tables: list[str] = Field(default_factory=list)
    misspelt: list[Misspelt] = Field(default_factory=list)

    def reads(self) -> list[str]:
        paths = dict.fromkeys(path for files in self.profile.files.values() for path in files)
        return [path for path in paths if not path.startswith("builtin:")]


class Result(BaseModel):
    """schema: as in data/schema.json; rows, classes, warnings, split: repeated from it. dropped: column → why.

    target_why, goal_why: how the target and the goal were found. ledger: what became of every row.
    sample: the form that predictions take, or None.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    schema_: Schema = Field(alias="schema")
    rows: dict[str, int]
    classes: list[str] | None
    warnings: list[DataWarning]
    split: str
    dropped: dict[str, str]
    target_why: str
    goal_why: str
    sample: str | None = None
    ledger: RowLedger | None = None


def run(args: Args, step: Step) -> Result:
    """Raises DataError: what the reader raises, `no-target`, `one-class`, `continuous-target`, `not-numeric`, …;
    TaskUnclear `forecast` for what comes after a series.
    """
    from noglue.tools.overview.looking import look
    from noglue.tools.preparation.pipeline import in_the_goals_way as prepare
    from noglue.tools.preparation.prepare_wishes import Wishes

    step.progress("read", 0, 3)
    if args.profile.reader not in catalogue.names("noglue.tools.readers"):
        raise DataError(Kind.UNKNOWN_LAYOUT, f"There is no reader {args.profile.reader!r}.")
    named, reading = chosen(args.profile.files, args.profile.reading, args.tables)
    listed = arranged(named, args.train_files, args.test_files)
    files = {split: [step.path(path) for path in paths] for split, paths in listed.items()}
    with damage.of_files(args.profile.reader, (path for paths in files.values() for path in paths)):
        raw = catalogue.load("noglue.tools.readers", args.profile.reader).read(
            Match(1.0, files, args.profile.why, {**reading, DRAWN[0]: DRAWN[1]})
        )
    step.progress("check", 1, 3)
    wishes = Wishes(**{name: getattr(args, name) for name in Wishes.__dataclass_fields__})
    prepared = prepare(raw, args.profile, wishes, step.seed, step.remaining())
    prepared.schema.warnings = [*_slips(args.misspelt), *prepared.schema.warnings]
    for warning in prepared.schema.warnings:
        step.note(warning.message, kind=warning.kind)
    step.progress("write", 2, 3)
    prepared.write(step.run / "data", step.run / "sealed")
    left = step.remaining()
    look(step.run / "data", prepared.schema, LOOKING if left is None else min(LOOKING, LOOKING_SHARE * left))
    sample = _sample(files.get("about", []), args.profile.reading.get("sample"), step.run / "data")
    step.progress("write", 3, 3)
    return Result(
        schema=prepared.schema,
        rows=prepared.schema.rows,
        classes=prepared.schema.classes,
        warnings=prepared.schema.warnings,
        split=prepared.schema.split,
        dropped=prepared.dropped,
        target_why=prepared.target_why,
        goal_why=prepared.goal_why,
        ledger=prepared.ledger,
        sample=None if sample is None else step.name(sample),
    )


def _slips(misspelt: list[Misspelt]) -> list[DataWarning]:
    return [
        DataWarning(kind=MISSPELT, message=str(one), columns=[one.meant] if one.what == "column" else [])
        for one in misspelt
    ]


def _sample(about: list[Path], name: str | None, data: Path) -> Path | None:
    """A copy of the sample submission beside the data, where the reading of the files has one."""
    found = [path for path in about if path.name == name]
    if len(found) != 1:
        return None
    return Path(shutil.copyfile(found[0], data / SAMPLE))
