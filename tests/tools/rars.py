"""Archives of rar 5 whose members are stored, as no free program writes them.

Source: https://www.rarlab.com/technote.htm
"""

import zlib

MAGIC = b"Rar!\x1a\x07\x01\x00"
_SPLIT_BEFORE, _SPLIT_AFTER = 0x08, 0x10


def rarred(members: dict[str, bytes], method: int = 0) -> bytes:
    """method: 0 for stored; members of any other are said to be packed, and are not."""
    files = b"".join(_file(name, content, content, method=method) for name, content in members.items())
    return MAGIC + _block(1, 0, _vint(0)) + files + _block(5, 0, _vint(0))


def volumes(name: str, content: bytes, count: int) -> list[bytes]:
    """One member over several volumes, `x.part1.rar`, `x.part2.rar`, …"""
    step, found = -(-len(content) // count), []
    for number in range(count):
        piece, last = content[number * step : (number + 1) * step], number == count - 1
        flags = (_SPLIT_BEFORE if number else 0) | (0 if last else _SPLIT_AFTER)
        main = _vint(1) if number == 0 else _vint(3) + _vint(number)
        file = _file(name, piece, content if last else piece, flags, size=len(content))
        found.append(MAGIC + _block(1, 0, main) + file + _block(5, 0, _vint(0 if last else 1)))
    return found


def _file(name: str, piece: bytes, summed: bytes, flags: int = 0, size: int | None = None, method: int = 0) -> bytes:
    fields = _vint(0x04) + _vint(len(piece) if size is None else size) + _vint(0o100644)
    fields += zlib.crc32(summed).to_bytes(4, "little") + _vint(method << 7) + _vint(1)
    fields += _vint(len(name.encode())) + name.encode()
    return _block(2, flags | 0x02, fields, len(piece)) + piece


def _block(kind: int, flags: int, fields: bytes, data: int | None = None) -> bytes:
    body = _vint(kind) + _vint(flags) + (b"" if data is None else _vint(data)) + fields
    whole = _vint(len(body)) + body
    return zlib.crc32(whole).to_bytes(4, "little") + whole


def _vint(number: int) -> bytes:
    found = b""
    while True:
        number, low = number >> 7, number & 0x7F
        found += bytes([low | (0x80 if number else 0)])
        if not number:
            return found
