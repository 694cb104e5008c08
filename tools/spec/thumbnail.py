"""A picture small enough to travel in a step's progress: plain numbers, so that whoever shows it decodes no format.

    >>> Thumbnail.of(2, 1, bytes([255, 0, 0, 0, 0, 255])).pixels
    [(255, 0, 0), (0, 0, 255)]

What a step says is a claim: sides are bounded, and the bytes have to be as many as they make.
"""

import base64
import binascii

from pydantic import BaseModel, Field, model_validator

MOST_WIDE, MOST_HIGH = 76, 24  # pixels: a terminal's usual width, and a dozen of its lines


class Thumbnail(BaseModel):
    """rgb: three bytes a pixel, row by row, in base64. Raises ValueError (pydantic's) for any other number of them."""

    width: int = Field(ge=1, le=MOST_WIDE)
    height: int = Field(ge=1, le=MOST_HIGH)
    rgb: str = Field(max_length=4 * MOST_WIDE * MOST_HIGH)

    @classmethod
    def of(cls, width: int, height: int, rgb: bytes) -> "Thumbnail":
        return cls(width=width, height=height, rgb=base64.b64encode(rgb).decode("ascii"))

    @model_validator(mode="after")
    def _whole(self) -> "Thumbnail":
        try:
            count = len(base64.b64decode(self.rgb, validate=True))
        except binascii.Error as error:
            raise ValueError("rgb is not base64") from error
        if count != 3 * self.width * self.height:
            raise ValueError(f"{count} bytes for {self.width} × {self.height} pixels")
        return self

    @property
    def pixels(self) -> list[tuple[int, int, int]]:
        """Row by row."""
        numbers = base64.b64decode(self.rgb)
        return list(zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True))
