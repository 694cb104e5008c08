"""Which picture does a cell of a table name? With or without ending, folder, leading zeros, in whatever case."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from noglue.tools.pictures.formats import EXTENSIONS
from noglue.tools.sound.decoding import ENDINGS, UNDECODED

_ENDINGS = {*EXTENSIONS, *ENDINGS, *UNDECODED}
_ZEROS = re.compile(r"0*(\d+)(?:\.0)?")


class PictureNames:
    """Every way in which a table may name one of `pictures`; their places in the sequence are what is found.

    >>> names = PictureNames([Path("/d/train/0007.JPG"), Path("/d/test/0007.JPG")])
    >>> names.find("train/0007.jpg"), names.find("0007"), names.find("8")
    (0, None, None)
    """

    def __init__(self, pictures: Sequence[Path], among: Iterable[int] | None = None) -> None:
        self._folders = [f"{path.parent}/".casefold() for path in pictures]
        self._by_name: dict[str, list[int]] = {}
        self._by_stem: dict[str, list[int]] = {}
        self._by_number: dict[str, list[int]] | None = None
        for place in range(len(pictures)) if among is None else among:
            name = pictures[place].name.casefold()
            self._by_name.setdefault(name, []).append(place)
            self._by_stem.setdefault(Path(name).stem, []).append(place)

    def find(self, cell: str | None, numbers: bool = False) -> int | None:
        """numbers: also by the number alone, as a spreadsheet leaves it of `00001`. None where it is not clear."""
        pieces = (cell or "").strip().replace("\\", "/").casefold().split("/")
        last = pieces[-1]
        found = self._by_name.get(last) or self._by_stem.get(last)
        if not found and Path(last).suffix in _ENDINGS:
            found = self._by_stem.get(Path(last).stem)
        if not found and numbers and (match := _ZEROS.fullmatch(last)):
            found = self._numbered().get(match[1])
        if not found or len(found) == 1:
            return found[0] if found else None
        for depth in range(2, len(pieces) + 1):  # the more of its folders, the surer
            folders = "/" + "/".join(pieces[-depth:-1]) + "/"
            closer = [place for place in found if self._folders[place].endswith(folders)]
            if len(closer) == 1:
                return closer[0]
            found = closer or found
        return None

    def _numbered(self) -> dict[str, list[int]]:
        if self._by_number is None:
            self._by_number = {}
            for stem, places in self._by_stem.items():
                if match := _ZEROS.fullmatch(stem):
                    self._by_number.setdefault(match[1], []).extend(places)
        return self._by_number
