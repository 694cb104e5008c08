"""Places on the web where the page a person sees is not the file: GitHub, Kaggle, Dropbox; the Hub is in `hub.py`.

https://github.com/zalandoresearch/fashion-mnist              → …/archive/HEAD.zip
https://github.com/o/r/tree/v1.0                              → …/archive/v1.0.zip
https://github.com/o/r/blob/main/data/iris.csv                → raw.githubusercontent.com/o/r/main/data/iris.csv
https://www.kaggle.com/competitions/titanic                   → DataError `needs-login`, with what to do
https://www.kaggle.com/api/v1/datasets/download/o/d           → as it is, with the user's key where there is one
"""

import base64
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from noglue.tools.net import origin
from noglue.tools.spec.errors import DataError, Kind

KAGGLE = "https://www.kaggle.com"
_PAGES_OF_GITHUB = (
    "about",
    "features",
    "login",
    "orgs",
    "search",
    "settings",
    "sponsors",
    "topics",
    "trending",
    "explore",
)


def direct(url: str) -> str:
    """The address of the file behind a page we know, else the address itself."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    if host == "github.com":
        return _github(url, [part for part in parts.path.split("/") if part])
    if host in ("kaggle.com", "kaggle.co") and not parts.path.startswith("/api/v1/"):
        raise _kaggle([part for part in parts.path.split("/") if part])
    if host == "dropbox.com":
        query = dict(parse_qsl(parts.query)) | {"dl": "1"}
        return urlunsplit(parts._replace(query=urlencode(query)))
    return url


def logins(environment: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Origin → the header it wants to see, for the keys that the user has (KAGGLE_USERNAME and KAGGLE_KEY)."""
    user, key = environment.get("KAGGLE_USERNAME"), environment.get("KAGGLE_KEY")
    if not user or not key:
        return {}
    place = origin.of(environment.get("NOGLUE_KAGGLE_URL") or KAGGLE)
    return {place: {"Authorization": f"Basic {base64.b64encode(f'{user}:{key}'.encode()).decode()}"}}


def _github(url: str, path: list[str]) -> str:
    if len(path) < 2 or path[0] in _PAGES_OF_GITHUB:
        return url
    owner, repository, *rest = path
    home = f"https://github.com/{owner}/{repository.removesuffix('.git')}"
    if not rest:
        return f"{home}/archive/HEAD.zip"
    if rest[0] == "tree" and len(rest) >= 2:
        return f"{home}/archive/{rest[1]}.zip"
    if rest[0] in ("blob", "raw") and len(rest) >= 3:
        # github.com/…/raw/ and not raw.githubusercontent.com: it also serves files in Git LFS
        return f"{home}/raw/{'/'.join(rest[1:])}"
    return url


def folder_wanted(url: str) -> str | None:
    """The part of a GitHub repository that a tree page shows: `…/tree/main/data/train` → `data/train`."""
    parts = urlsplit(url)
    path = [part for part in parts.path.split("/") if part]
    if (parts.hostname or "").removeprefix("www.") == "github.com" and len(path) > 4 and path[2] == "tree":
        return "/".join(path[4:])
    return None


def _kaggle(path: list[str]) -> DataError:
    what = "/".join(path[-2:]) or "kaggle.com"
    command = "kaggle datasets download " + "/".join(path[1:3])
    if path[:1] in (["c"], ["competitions"]):
        command = "kaggle competitions download " + "".join(path[1:2])
    return DataError(
        Kind.NEEDS_LOGIN,
        f"Kaggle gives the files of {what} only to people who are signed in.",
        hint=f"Download them in a browser or with `{command}`, then give the zip file with --data.",
    )
