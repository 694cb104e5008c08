"""What was learned of the form that data come in: found once by `prepare`, kept in the schema, applied by `predict`.

    >>> schema.form.cells["sold"]
    CellForm(kind='date', dates=['%d/%m/%Y'], missing=['n.a.'])

So the same row gets the same answer whatever stands beside it: what no longer fits is missing, and told.
A kind of data keeps what it needs besides in a form of its own, a subclass of `OwnForm` in its own room:

    >>> SoundForm.of(schema.form)
    SoundForm(rate=16000, seconds=60.0)

Pydantic alone, quick to import.
"""

from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel


class CellForm(BaseModel):
    """How the cells of one column of text are read.

    dates: the day's formats as `strptime` has them (`%q` a quarter), tried in order; a time may follow. decimal: the
    mark before the fraction; thousands: the one between groups of three digits, " " and "'" for all marks like them.
    grouped: whether the mark in `5,123` may be that of thousands; not in a column of fractions that had no such groups.
    missing: the words found that stand for a missing value in this column; values: those that elsewhere would, and
    here are values (`NA` among two-letter codes). levels: all values of a column of text that has few.
    absent: words and numbers that stand for a missing value, as the request says or the column shows, in small letters.
    units: what stands behind numbers, "" for nothing → what a number with it is worth (`k` 1000, `g` 0.001 by `kg`).
    """

    kind: Literal["number", "boolean", "date", "text"]
    decimal: str = "."
    thousands: str = ","
    grouped: bool = True
    dates: list[str] = []
    missing: list[str] = []
    values: list[str] = []
    levels: list[str] = []
    absent: list[str] = []
    units: dict[str, float] = {}


class Strays(BaseModel):
    """Cells of a column that did not fit its form and became missing; some of them as examples."""

    count: int
    kind: str
    examples: list[str]


class PixelScale(BaseModel):
    """Pixel values low…high of the files are 0…255 of the model, values beyond are cut off. real: of fractions."""

    low: float
    high: float
    real: bool = False


class PixelCells(BaseModel):
    """Pictures in the cells of a column. planes: the channels follow each other, each a whole picture."""

    column: str
    height: int
    width: int
    channels: int
    planes: bool = False


class DataForm(BaseModel):
    """cells: column → form, of tables of text. names: all columns in the file's order, of a table without a header.

    starts: where each begins in a line, of columns of fixed width that a file beside them told.
    target: the column that was learned, which new files may lack.
    pixels: one scale for the whole data set, None where the files hold 8 bits a channel.
    pictures: of a table whose cells hold them. lines: whether each line of a file is a text of its own.
    own: modality → the fields of its `OwnForm`.
    """

    cells: dict[str, CellForm] = {}
    names: list[str] | None = None
    starts: list[int] = []
    target: str | None = None
    pixels: PixelScale | None = None
    pictures: PixelCells | None = None
    lines: bool = False
    own: dict[str, dict[str, Any]] = {}


class OwnForm(BaseModel):
    """The form of one modality, MODALITY by name."""

    MODALITY: ClassVar[str]

    @classmethod
    def of(cls, form: DataForm | None) -> Self | None:
        """None where nothing of the kind was learned."""
        kept = None if form is None else form.own.get(cls.MODALITY)
        return None if kept is None else cls.model_validate(kept)

    @classmethod
    def known(cls, form: DataForm | None) -> Self:
        """Of data that are of this modality."""
        found = cls.of(form)
        assert found is not None, f"data of the kind {cls.MODALITY} without their form"
        return found

    def kept(self) -> DataForm:
        """A form that holds this alone."""
        return DataForm(own={self.MODALITY: self.model_dump(mode="json")})
