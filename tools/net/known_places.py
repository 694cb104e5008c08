"""Places on the web where the page a person sees is not the file; the Hub is in `hub_files.py`.

https://github.com/zalandoresearch/fashion-mnist              → …/archive/HEAD.zip
https://github.com/o/r/blob/main/data/iris.csv                → github.com/o/r/raw/main/data/iris.csv
https://gitlab.com/o/r/-/blob/main/iris.csv                   → gitlab.com/o/r/-/raw/main/iris.csv
https://docs.google.com/spreadsheets/d/KEY/edit#gid=7         → …/d/KEY/export?format=csv&gid=7
https://drive.google.com/file/d/KEY/view                      → drive.usercontent.google.com/download?id=KEY&…
https://figshare.com/articles/dataset/x/123                   → api.figshare.com/v2/articles/123/files
https://www.kaggle.com/competitions/titanic                   → DataError `needs-login`, with what to do
https://www.kaggle.com/api/v1/datasets/download/o/d           → as it is, with the user's key where there is one

`_RULES` is the table: a host, what the path looks like, and the addresses that are tried in order.
"""

import base64
import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

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


_Match = re.Match[str]


def direct(url: str) -> str:
    """The address of the file behind a page we know, else the address itself. Raises DataError `needs-login`."""
    return addresses(url)[0]


def addresses(url: str) -> list[str]:
    """The same where there are several that may have it, the likeliest first."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower().removeprefix("www.")
    if host == "github.com":
        return [_github(url, [part for part in parts.path.split("/") if part])]
    if host in ("kaggle.com", "kaggle.co") and not parts.path.startswith("/api/v1/"):
        raise _kaggle([part for part in parts.path.split("/") if part])
    for place, path, found in _RULES:
        match = re.fullmatch(path, parts.path) if re.fullmatch(place, host) else None
        if match:
            return found(match, url)
    return [url]


def lfs_place(url: str) -> str | None:
    """Where the host of a Git LFS pointer keeps the file itself; None where only Git can tell."""
    for pattern, place in _LFS:
        if re.match(pattern, url):
            return re.sub(pattern, place, url)
    return None


def _as(template: str) -> Callable[[_Match, str], list[str]]:
    """An address with the groups of the path's match in it."""
    return lambda match, url: [match.expand(template)]


def _with(**pairs: str) -> Callable[[_Match, str], list[str]]:
    """The same address with more in its query."""

    def found(match: _Match, url: str) -> list[str]:
        parts = urlsplit(url)
        query = urlencode(dict(parse_qsl(parts.query, keep_blank_values=True)) | pairs)
        return [urlunsplit(parts._replace(query=query, fragment=""))]

    return found


def _sheet(match: _Match, url: str) -> list[str]:
    """One sheet of a Google spreadsheet: that which the address shows, else the first."""
    parts = urlsplit(url)
    stated = parse_qs(parts.query).get("gid") or re.findall(r"gid=(\d+)", parts.fragment)
    gid = f"&gid={stated[0]}" if stated and stated[0].isdigit() else ""
    return [f"https://docs.google.com/spreadsheets/d/{match[1]}/export?format=csv{gid}"]


def _drive(match: _Match, url: str) -> list[str]:
    key = match[1] if match.re.groups else next(iter(parse_qs(urlsplit(url).query).get("id", [])), "")
    place = "https://drive.usercontent.google.com/download"
    return [f"{place}?id={key}&export=download&confirm=t"] if re.fullmatch(r"[\w-]+", key) else [url]


def _drive_folder(match: _Match, url: str) -> list[str]:
    raise DataError(
        Kind.NEEDS_LOGIN,
        "Google Drive gives the files of a folder only to its own page, which is put together by a script.",
        hint="Give the address of each file in it, or download the folder in a browser and give the zip with --data.",
    )


def _onedrive(match: _Match, url: str) -> list[str]:
    token = base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
    return [f"https://api.onedrive.com/v1.0/shares/u!{token}/root/content"]


def _data_world(match: _Match, url: str) -> list[str]:
    raise DataError(
        Kind.NEEDS_LOGIN,
        f"data.world gives the files of {match[1]} only to people who are signed in.",
        hint="Download them in a browser, then give the file with --data.",
    )


_RULES: tuple[tuple[str, str, Callable[[_Match, str], list[str]]], ...] = (
    (r"dropbox\.com", r"/(?:s|sh|scl)/.*", _with(dl="1")),
    (r"docs\.google\.com", r"/spreadsheets/d/(?!e/)([\w-]+)(?:/(?:edit|view|htmlview|pub|preview)?.*)?",
     lambda match, url: [url] if "/export" in url or "/gviz/" in url else _sheet(match, url)),
    (r"docs\.google\.com", r"(/spreadsheets/d/e/[\w-]+)/pub(?:html)?", lambda match, url: _published(match, url)),
    (r"drive\.google\.com", r"/file/(?:u/\d+/)?d/([\w-]+)(?:/.*)?", _drive),
    (r"(?:drive|docs)\.google\.com", r"/(?:open|uc)", _drive),
    (r"drive\.google\.com", r"/drive/(?:u/\d+/)?folders/[\w-]+/?", _drive_folder),
    (r"gist\.github\.com", r"/([\w-]+)/([0-9a-f]{20,40})/?", _as(r"https://gist.github.com/\1/\2/download")),
    (r"gitlab\.[\w.-]+|[\w.-]*\.gitlab\.[\w.-]+", r"(/.+)/-/blob/(.+)",
     lambda match, url: [url.replace("/-/blob/", "/-/raw/", 1).partition("#")[0]]),
    (r"gitlab\.com", r"/([\w.-]+(?:/[\w.-]+)*)/-/tree/([^/]+)(?:/.*)?",
     _as(r"https://gitlab.com/\1/-/archive/\2/archive.zip")),
    (r"gitlab\.com", r"/((?!explore|users|groups|help|-)[\w.-]+/[\w.-]+?)(?:\.git)?/?",
     _as(r"https://gitlab.com/\1/-/archive/HEAD/archive.zip")),
    (r"bitbucket\.org", r"/([\w.-]+/[\w.-]+)/src/([^/]+)/(.+[^/])", _as(r"https://bitbucket.org/\1/raw/\2/\3")),
    (r"bitbucket\.org", r"/([\w.-]+/[\w.-]+?)(?:\.git)?/?", _as(r"https://bitbucket.org/\1/get/HEAD.zip")),
    (r"codeberg\.org|gitea\.com", r"/([\w.-]+/[\w.-]+)/src/(branch|tag|commit)/(.+)",
     lambda match, url: [url.replace("/src/", "/raw/", 1)]),
    (r"1drv\.ms|onedrive\.live\.com", r"/(?!download).*", _onedrive),
    (r"[\w-]+\.sharepoint\.com", r"/:[a-z]:/.*", _with(download="1")),
    (r"zenodo\.org", r"/records?/(\d+)/(?:files|preview)/([^/]+)/?", _as(r"https://zenodo.org/records/\1/files/\2?download=1")),
    (r"(?:[\w-]+\.)?figshare\.com", r"/articles/(?:[\w-]+/)?[^/]+/(\d+)(?:/\d+)?/?",
     _as(r"https://api.figshare.com/v2/articles/\1/files")),
    (r"osf\.io", r"/([a-z0-9]{5})/?",
     lambda match, url: [f"https://osf.io/{match[1]}/download",
                         f"https://files.osf.io/v1/resources/{match[1]}/providers/osfstorage/?zip="]),
    (r"osf\.io", r"/[a-z0-9]{5}/files/osfstorage/([0-9a-f]{24})/?", _as(r"https://osf.io/download/\1/")),
    (r"archive(?:-beta)?\.ics\.uci\.edu", r"/dataset/(\d+)/([\w+.%-]+)",
     lambda match, url: [f"https://archive.ics.uci.edu/static/public/{match[1]}/{match[2]}.zip", url]),
    (r"data\.world", r"/([\w-]+/[\w-]+)(?:/.*)?", _data_world),
)  # fmt: skip

_LFS = (
    (r"https://raw\.githubusercontent\.com/([^/]+/[^/]+)/(.+)", r"https://media.githubusercontent.com/media/\1/\2"),
    (r"https://github\.com/([^/]+/[^/]+)/raw/(?:refs/heads/)?(.+)", r"https://media.githubusercontent.com/media/\1/\2"),
    (r"(https://(?:www\.)?huggingface\.co/(?:datasets/)?[^/]+/[^/]+)/raw/(.+)", r"\1/resolve/\2"),
    (r"(https://[^/]+/[^/]+/[^/]+)/raw/(branch|tag|commit)/(.+)", r"\1/media/\2/\3"),
)


def _published(match: _Match, url: str) -> list[str]:
    """A spreadsheet that was published to the web."""
    gid = parse_qs(urlsplit(url).query).get("gid", [])
    more = f"&gid={gid[0]}&single=true" if gid and gid[0].isdigit() else ""
    return [f"https://docs.google.com{match[1]}/pub?output=csv{more}"]


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
