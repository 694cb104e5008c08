"""A small picture as text: each letter `▀` is two pixels, its own colour above and the background's below.

A row of 2 by 2 pixels, red and green above blue and white, is two letters: red on blue, green on white.
"""

from rich.color import Color
from rich.style import Style
from rich.text import Text

from noglue.tools.spec.thumbnail import Thumbnail

INDENT = 4  # columns before it


def blocks(picture: Thumbnail) -> Text:
    """24-bit colours; a last row that has no other below it stands on black."""
    text, pixels = Text(no_wrap=True, overflow="crop"), picture.pixels
    for top in range(0, picture.height, 2):
        text.append(("\n" if top else "") + " " * INDENT)
        for column in range(picture.width):
            upper = pixels[top * picture.width + column]
            below = top + 1 < picture.height
            lower = pixels[(top + 1) * picture.width + column] if below else (0, 0, 0)
            text.append("▀", Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower)))
    return text
