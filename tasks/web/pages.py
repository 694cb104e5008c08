"""The pages of the mini internet, a TOML file each.

    path = "/archive.example/wine/"
    title = "Wine recognition data"
    set = "wine"                 # its files are `files["wine.csv"].bytes`, `.sha256`, `.md5` in the body
    body = '''<p>… <a href="wine.csv">wine.csv</a> ({{ files["wine.csv"].bytes }} bytes)</p>'''

status: what it answers (404, 500). redirect: where it sends people. type: `application/pdf` is sent as it is. indexed:
false keeps it out of the search. In a body and a redirect `{{ dead }}` is a port that refuses connections, `{{ private
}}` a server of the same machine that nobody named, `{{ site }}` the mini internet itself.
"""

import hashlib
import tomllib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict

FOLDER = Path(__file__).parent / "pages"


class WebPage(BaseModel):
    """One file of `pages/`."""

    model_config = ConfigDict(extra="forbid")
    path: str
    title: str
    body: str = ""
    set: str | None = None
    language: str = "en"
    status: int = 200
    redirect: str | None = None
    type: str = "text/html; charset=utf-8"
    indexed: bool = True


class Facts(BaseModel):
    """Of a file that a page names."""

    bytes: int
    sha256: str
    md5: str


def load_all() -> dict[str, WebPage]:
    """Name → page, by file name."""
    files = sorted(FOLDER.glob("*.toml"))
    return {file.stem: WebPage.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))) for file in files}


def facts(content: bytes) -> Facts:
    return Facts(bytes=len(content), sha256=hashlib.sha256(content).hexdigest(), md5=hashlib.md5(content).hexdigest())


class Printer:
    """Fills in bodies and layouts; a name that is not given raises."""

    def __init__(self, **always: str) -> None:
        self._plain = Environment(undefined=StrictUndefined, autoescape=False)
        self._layouts = Environment(loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, autoescape=True)
        self._always = always

    def fill(self, text: str, **given: Any) -> str:
        return self._plain.from_string(text).render(self._always | given)

    def layout(self, name: str, **given: Any) -> bytes:
        """`page.html`, `apache.html`, …"""
        return self._layouts.get_template(name).render(self._always | given).encode()
