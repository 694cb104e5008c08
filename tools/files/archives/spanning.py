"""Zips that `zip -s` cut: places are counted within each part, and `zipfile` counts them from the beginning.

    x.z01   50 4B 07 08  50 4B 03 04 …
    x.zip   …  50 4B 01 02 (which part, where in it)  50 4B 05 06 (how many parts)

Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.4.19 to 4.4.24, 8)
"""

import struct
import zipfile
from typing import IO

from noglue.tools.files.archives.packed import Packed
from noglue.tools.spec.errors import DataError, Kind

_END = struct.Struct("<4s4H2LH")
_LONGEST_COMMENT = 1 << 16


def settle(archive: zipfile.ZipFile, raw: IO[bytes], packed: Packed) -> None:
    """Count all places from the beginning of the first part. Raises DataError `bad-archive` for a part that is missing,
    ValueError for places that are none."""
    raw.seek(0, 2)
    size = raw.tell()
    raw.seek(max(0, size - _END.size - _LONGEST_COMMENT))
    tail = raw.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < _END.size:
        return  # of 64 bits, which is never cut so
    _, last, of_list, _, _, _, offset, _ = _END.unpack_from(tail, place)
    if last == 0xFFFF or (last == 0 and not packed.spanned):
        return
    if not packed.spanned or last + 1 != len(packed.parts):
        raise _missing(packed, last)
    starts = packed.starts
    shift = archive.start_dir - offset  # what `zipfile` has added to every place, for the list of members not to be cut
    if of_list > last or shift != starts[of_list]:
        raise ValueError("its list of members is not where its end says")
    for info in archive.infolist():
        if info.volume > last:
            raise ValueError(f"it says that {info.filename[:100]!r} lies in a part that does not exist")
        info.header_offset += starts[info.volume] - shift
        if hasattr(info, "_end_offset"):  # by which `zipfile` sees members that overlap, of the places as they were
            info._end_offset = None


def _missing(packed: Packed, last: int) -> DataError:
    stem = packed.name[: -len(".zip")] if packed.name.lower().endswith(".zip") else packed.name
    here = {part.name.lower() for part in packed.parts}
    names = [f"{stem}.z{number:02}" for number in range(1, last + 1)]
    lacking = [name for name in names if name.lower() not in here] or [names[-1]]
    return DataError(
        Kind.BAD_ARCHIVE,
        f"{packed.name} is the last of {last + 1} parts, of which {', '.join(lacking[:5])} "
        f"{'is' if len(lacking) == 1 else 'are'} missing.",
        hint="Put all parts into one folder, under the names that they came with.",
        member=lacking[0],
    )
