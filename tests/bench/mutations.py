"""Ways to damage a file, each by a `random.Random` alone, so that a seed makes the same damage again.

>>> mutated(b"PAR1 … PAR1", others, random.Random(7))
("sizes blown up", b"PAR1 …")
"""

import random
from collections.abc import Callable, Sequence

LARGEST = 4 << 20
_WHOLE = (b"\xff" * 4, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\xff" * 8, b"\xff" * 7 + b"\x7f",
          b"\0\0\0\1\0\0\0\0", b"\0" * 8)  # fmt: skip
_TEXTS = (b"\0", b"\xef\xbb\xbf", b'"', b"'", b"\\", b"\n" * 50, b"," * 500, b"[" * 5000, b"{" * 5000, b"<a>" * 3000,
          b"9" * 400, b"-1", b"1e999", b"nan", b"\xff\xfe", b"\r", b"%s%n", b"../../x", b"\xf0\x9f\x98\x80" * 20,
          b"&lol;" * 40, b"2147483648", b"18446744073709551616")  # fmt: skip

Damage = Callable[[bytes, Sequence[bytes], random.Random], bytes]


def bits_flipped(content: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    held = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16, 64))):
        held[_place(held, chance)] ^= 1 << chance.randrange(8)
    return bytes(held)


def bytes_replaced(content: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    held = bytearray(content)
    start = _place(held, chance)
    length = chance.choice((1, 4, 16, 256))
    held[start : start + length] = chance.randbytes(len(held[start : start + length]))
    return bytes(held)


def cut_off(content: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def span_dropped(content: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    start = _place(content, chance)
    return content[:start] + content[start + chance.choice((1, 2, 8, 100, 1000)) :]


def chunk_repeated(content: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    start = _place(content, chance)
    chunk = content[start : start + chance.choice((1, 8, 64, 1024))]
    return content[:start] + chunk * chance.choice((2, 10, 300)) + content[start:]


def sizes_blown_up(content: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """A number of 4 or 8 bytes in the header, or at the end, becomes the largest, the smallest, or nothing."""
    held = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4))):
        near = chance.randrange(min(len(held), 600))
        at = near if chance.random() < 0.75 else max(0, len(held) - 1 - near)
        number = chance.choice(_WHOLE)
        held[at : at + len(number)] = number
    return bytes(held)


def header_swapped(content: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    length = chance.choice((2, 4, 8, 16, 64, 512))
    return chance.choice(others)[:length] + content[length:]


def spliced(content: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    other = chance.choice(others)
    return content[: _place(content, chance)] + other[_place(other, chance) if other else 0 :]


def words_put_in(content: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    start = _place(content, chance)
    return content[:start] + chance.choice(_TEXTS) + content[start + chance.choice((0, 0, 1, 5)) :]


def zeroed(content: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    held = bytearray(content)
    start = _place(held, chance)
    stop = min(len(held), start + chance.choice((4, 64, 4096)))
    held[start:stop] = bytes(stop - start)
    return bytes(held)


ALL: tuple[Damage, ...] = (
    bits_flipped, bytes_replaced, cut_off, span_dropped, chunk_repeated, sizes_blown_up, header_swapped, spliced,
    words_put_in, zeroed,
)  # fmt: skip


def mutated(content: bytes, others: Sequence[bytes], chance: random.Random) -> tuple[str, bytes]:
    """What was done, and what came of it; one to three damages. others: contents of other files."""
    names = []
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        if not content:
            break
        damage = chance.choice(ALL)
        names.append(damage.__name__)
        content = damage(content, others, chance)[:LARGEST]
    return "+".join(names).replace("_", " "), content


def _place(content: bytes | bytearray, chance: random.Random) -> int:
    """More often near the beginning, where headers are."""
    span = len(content) if chance.random() < 0.5 else min(len(content), 300)
    return chance.randrange(span)
