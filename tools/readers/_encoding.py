"""How a text file's bytes are to be read: by its mark, else by what can be decoded, else by what its words look like.

54 F6 72 67 65 72 73 65 6E   Törgersen   one byte above 127 among letters: Western
CD D0 B8 F1 C9 AD            托格森      several of them in a row: another script, and statistics decide
"""

import codecs
import re

_ENCODINGS = (
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "gb18030",
    "big5",
    "shift_jis",
    "euc_jp",
    "euc_kr",
    "koi8_r",
)
_LONGEST = 1 << 16
_RUN = re.compile(rb"[\x80-\xff]+")
_WESTERN_RUN = 1.8  # bytes above 127 in a row, at most, in words of Western languages
_ODD = re.compile(
    r"(?<=[^\W\d_])[£¥¦©¬®°±²³¹¿¡º¼½¾×÷¤§¶]|[£¥¦©¬®±²³¹¡¿¼½¾×÷¤](?=[a-zà-ÿ]{2})"
)  # in words of no language
_MOST_ODD = 0.15


def encoding_of(head: bytes) -> str:
    """The encoding of a file that begins with these bytes: by its mark, else by what can be decoded."""
    for mark, name in ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8"),
                       (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):  # fmt: skip
        if head.startswith(mark):
            return name
    even, odd = head[0:4096:2].count(0), head[1:4096:2].count(0)
    if max(even, odd) > min(len(head), 4096) * 0.3:
        return "utf-16-le" if odd > even else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return _single_byte(head)
    return "utf-8"


def _single_byte(head: bytes) -> str:
    """Western text has few bytes above 127, and these stand alone; statistics decide about all else."""
    high = sum(byte > 127 for byte in head)
    letters = sum(chr(byte).isalpha() for byte in head if byte < 128)
    runs = [len(run) for run in _RUN.findall(head)]
    if high < letters and sum(runs) < _WESTERN_RUN * len(runs) and not _is_odd(head):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(head[:_LONGEST], cp_isolation=list(_ENCODINGS)).best()
    return best.encoding if best is not None else "cp1252"


def _is_odd(head: bytes) -> bool:
    """Whether read as Western many letters would be signs in the midst of words, as `mê¿czyzna`."""
    text = head.decode("cp1252", "replace")
    high = sum(character > "\x7f" for character in text)
    return len(_ODD.findall(text)) + text.count("\ufffd") > max(2, _MOST_ODD * high)
