"""What was learned of the form that data come in: found once by `prepare`, kept in the schema, applied by `predict`.

    >>> schema.form.cells["sold"]
    CellForm(kind='date', dates=['%d/%m/%Y'], missing=['n.a.'])

So the same row gets the same answer whatever stands beside it: what no longer fits is missing, and told.
Pydantic alone, quick to import.
"""

from typing import Literal

from pydantic import BaseModel


class CellForm(BaseModel):
    """How the cells of one column of text are read.

    dates: formats as `strptime` has them, tried in order. decimal: the mark before the fraction; thousands: the one
    between groups of three digits, "" for none. missing: the words that stand for a missing value in this column.
    """

    kind: Literal["number", "boolean", "date", "text"]
    decimal: str = "."
    thousands: str = ""
    dates: list[str] = []
    missing: list[str] = []


class PixelScale(BaseModel):
    """Pixel values low…high of the files are 0…255 of the model, values beyond are cut off."""

    low: float
    high: float


class DataForm(BaseModel):
    """cells: column → form, of tables of text. names: all columns in the file's order, of a table without a header.

    pixels: one scale for the whole data set, None where the files hold 8 bits a channel.
    """

    cells: dict[str, CellForm] = {}
    names: list[str] | None = None
    pixels: PixelScale | None = None
