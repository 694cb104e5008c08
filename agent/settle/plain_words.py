"""Words without accents, cases and marks, by which those of a request and those of the data are compared.

>>> plain("SalePrice"), plain("Größe"), content("the price of a flat")
('sale price', 'grosse', ['price', 'flat'])
"""

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """`SalePrice`, `sale_price`, `Größe` → `sale price`, `grosse`: words in lower case without accents."""
    spaced = re.sub(r"(?<=[a-zß-ÿ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text).replace("ß", "ss")
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", bare.lower()))


def folded(text: str) -> str:
    """One form for `Wohnfläche`, `wohn_flaeche`, `Wohnflache`."""
    return re.sub(r"([aou])e", r"\1", plain(text).replace(" ", ""))


def content(plain: str) -> list[str]:
    return [word for word in plain.split() if word not in little()]


@cache
def table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "column_matching.toml").read_text(encoding="utf-8"))


@cache
def little() -> frozenset[str]:
    return frozenset(table()["little"])
