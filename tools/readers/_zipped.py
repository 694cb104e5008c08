"""Documents that are a zip inside, looked at before they are unfolded: a bomb is refused by its table of contents.

A table of contents that lies is found out while reading: `zipfile` gives no more than it promises.
"""

import zipfile
from pathlib import Path

from noglue.tools.readers._splits import unreadable

GRACE_BYTES = 1 << 28  # under this, no ratio is a bomb
MOST_RATIO = 300
MOST_MEMBERS = 100_000


def check(path: Path, archive: zipfile.ZipFile) -> None:
    """Raises DataError `unreadable` for one that unfolds to far more than it is, or is locked."""
    members = archive.infolist()
    size, packed = sum(member.file_size for member in members), path.stat().st_size
    if len(members) > MOST_MEMBERS:
        raise unreadable(path, f"it claims to hold {len(members):,} parts")
    if size > GRACE_BYTES and size > MOST_RATIO * packed:
        raise unreadable(path, f"its {packed / 1e6:,.2f} MB would unfold to {size / 1e6:,.0f} MB, as an attack would")
    if any(member.flag_bits & 0x1 for member in members):
        raise unreadable(path, "it is locked with a password")
