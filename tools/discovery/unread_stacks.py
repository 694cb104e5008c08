"""A file of as many pictures as a table has rows, which stands beside it and is not read.

    cells.tif   300 pages        labels.csv   page,label⏎0,even⏎1,odd…        the table alone would learn from `page`

Pages of stacks and frames of animations are not read one by one; a table that is about them must not pass for the data
without a word.
"""

from collections.abc import Sequence
from pathlib import Path

from noglue.tools.pictures import decoding, formats
from noglue.tools.spec import modalities
from noglue.tools.spec.profiles import DataWarning, Profile

_MOST_OPENED = 20


def warnings(files: Sequence[Path], profile: Profile) -> list[DataWarning]:
    """What is to be said of a table whose rows are the pages of a picture file beside it."""
    if modalities.load(profile.modality).content:
        return []
    pictures = [path for path in files if formats.is_picture(path)][:_MOST_OPENED]
    counts = decoding.each(decoding.frames, pictures) if pictures else []
    rows = sum(profile.rows.values())
    stacks = [(path, count) for path, count in zip(pictures, counts, strict=True) if count == rows > 1]
    return [
        DataWarning(
            kind="unread-pages",
            message=f"{path.name} holds {count:,} pictures, as many as the table has rows, and none of them is learned "
            "from: pages are not read one by one. Save each as a file of its own, and name the files in the table.",
            count=rows,
        )
        for path, count in stacks
    ]
