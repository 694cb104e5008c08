"""How series are found in their files."""

from typing import ClassVar

from pydantic import Field

from noglue.tools.spec.data_form import OwnForm


class SeriesForm(OwnForm):
    """reader: what they were learned by. channels: what is measured, in order, by name where the files give names.

    key, time: the columns of a long table that say whose each row is and when it was. aside: columns that are no
    measurements.
    """

    MODALITY: ClassVar[str] = "series"

    reader: str
    channels: list[str]
    key: str | None = None
    time: str | None = None
    aside: list[str] = Field(default_factory=list)
