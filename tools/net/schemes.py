"""Addresses that can't be fetched, told before anything is done: other schemes, databases, slips of the pen.

>>> refused("s3://bucket/a.csv").hint
'If the bucket is public, give --data https://bucket.s3.amazonaws.com/a.csv; else download the file and give its path.'
>>> refused("https://example.org/a.csv") is None, refused("data/a.csv") is None
(True, True)

Only http and https go through the address policy. What a login or a query of such an address says is never repeated.
"""

import difflib
import re
from urllib.parse import quote

from noglue.tools.spec.errors import DataError, Kind

FETCHED = ("http", "https")
_KNOWN = ("http", "https", "ftp", "file")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]{1,30})://(.*)", re.I | re.S)
_SLIP = re.compile(
    r"(?P<scheme>h?t{1,3}p{1,2}s{0,2}|hhtps?|hpptp?s?|htt?ps?|ftp)"
    r"(?P<marks>(?:[:;][/\\]{0,4}|[/\\]{2,4}))(?P<rest>[\w-]+(?:[.:][\w-]+)+.*)",
    re.I | re.S,
)
_BARE = re.compile(r"(data|javascript|mailto|magnet|blob|about|jdbc|urn|doi):(?!/?/?\w:).+", re.I | re.S)
_GIT = re.compile(r"git@([\w.-]+):([\w./-]+?)(?:\.git)?/?", re.I)
_DATABASES = frozenset(
    ("postgres", "postgresql", "mysql", "mariadb", "mongodb", "mongodb+srv", "redis", "rediss", "sqlite", "duckdb",
     "mssql", "sqlserver", "oracle", "snowflake", "bigquery", "redshift", "clickhouse", "cassandra", "neo4j", "bolt",
     "trino", "presto", "hive", "db2", "cockroachdb", "couchdb", "influxdb", "databricks", "athena", "jdbc", "odbc")
)  # fmt: skip


def refused(source: str) -> DataError | None:
    """Why an address can't be fetched, and what to give instead; None for http, https, files, and what is a path."""
    source = source.strip()
    if git := _GIT.fullmatch(source):
        return _error("git", "a Git address", f"Give --data https://{git[1]}/{git[2]}.")
    found = _SCHEME.fullmatch(source)
    if found is None:
        return _slip(source) or _bare(source)
    scheme, rest = found[1].lower(), found[2]
    if scheme in (*FETCHED, "file"):
        return _malformed(scheme, rest) if scheme in FETCHED else None
    if scheme.partition("+")[0] in _DATABASES or scheme in _DATABASES:
        hint = "Export the table to a file (CSV, Parquet), then give that with --data."
        if scheme in ("sqlite", "duckdb"):
            hint = "Give the database's file itself, or a table of it as CSV or Parquet, with --data."
        return _error(scheme, f"the address of a database ({scheme})", hint)
    return _error(scheme, f"an address of the kind {scheme}", _instead(scheme, _bare_place(rest)))


def _error(scheme: str, what: str, hint: str) -> DataError:
    return DataError(
        Kind.UNSUPPORTED_ADDRESS,
        f"This is {what}, and {scheme}:// can't be fetched: only http and https addresses can, and files that are here.",  # noqa: E501
        hint=hint,
        scheme=scheme,
    )


def _instead(scheme: str, place: str) -> str:
    """The https address of the same thing, where the scheme's rules say what that is."""
    near = difflib.get_close_matches(scheme, _KNOWN, 1, 0.75)
    host, _, path = place.partition("/")
    path = quote(path, safe="/%*?=&+,:@")
    public = "If the bucket is public, give --data {}; else download the file and give its path."
    if scheme in ("s3", "s3a", "s3n") and host:
        where = f"https://{host}.s3.amazonaws.com/{path}"
        return public.format(where if "." not in host else f"https://s3.amazonaws.com/{host}/{path}")
    if scheme in ("gs", "gcs") and host:
        return public.format(f"https://storage.googleapis.com/{host}/{path}")
    if scheme == "hf" and path:
        kind, _, repository = place.partition("/")
        owner, name, *rest = [*(repository if kind == "datasets" else place).split("/"), "", ""]
        base = f"https://huggingface.co/datasets/{owner}/{name.partition('@')[0]}"
        file = "/".join(part for part in rest if part)
        return f"Give --data {base}/resolve/main/{file}." if file else f"Give --data {base}."
    if scheme in ("az", "abfs", "abfss", "adl", "wasb", "wasbs"):
        return "If the container is public, give --data https://ACCOUNT.blob.core.windows.net/CONTAINER/FILE."
    if scheme in ("ftp", "ftps", "sftp") and host:
        return f"Many such servers also answer by https: try --data https://{host}/{path}, or download the file first."
    if scheme == "dropbox":
        return "Make a link to share in Dropbox, and give that (https://www.dropbox.com/…) with --data."
    if near and near[0] in FETCHED:
        return f"Did you mean {near[0]}://{place}?"
    return "Download the file by its own program, then give it with --data."


def _slip(source: str) -> DataError | None:
    """`https//x.org/a`, `http:/x.org/a`, `htp://…`: an address with a mark too few."""
    found = _SLIP.fullmatch(source)
    if found is None:
        return None
    scheme = "https" if "s" in found["scheme"].lower() else "http"
    return DataError(
        Kind.UNSUPPORTED_ADDRESS,
        f"This looks like an address, but {found['scheme']}{found['marks']} is not how one begins.",
        hint=f"Did you mean {scheme}://{_bare_place(found['rest'])}?",
        scheme=found["scheme"].lower(),
    )


def _bare(source: str) -> DataError | None:
    found = _BARE.fullmatch(source)
    if found is None:
        return None
    scheme = found[1].lower()
    if scheme == "jdbc":
        return _error(scheme, "the address of a database", "Export the table to a file, then give that with --data.")
    if scheme == "doi":
        return _error(scheme, "a DOI", "Give --data https://doi.org/… or the address of the data set's page.")
    return _error(scheme, f"an address of the kind {scheme}", "Give the address or the path of a file with --data.")


def _malformed(scheme: str, rest: str) -> DataError | None:
    if re.match(r"https?:?/{1,2}", rest, re.I) or not re.match(r"[^/?#\s]", rest):
        right = re.sub(r"^(https?:?/{1,2}|/+)", "", rest, flags=re.I)
        return DataError(
            Kind.UNSUPPORTED_ADDRESS,
            f"This looks like an address, but there is no server's name after {scheme}://.",
            hint=f"Did you mean {scheme}://{_bare_place(right)}?" if right else "Give the whole address.",
            scheme=scheme,
        )
    return None


def _bare_place(rest: str) -> str:
    """Host and path, without the login, the query and the fragment."""
    place = re.split(r"[?#]", rest, maxsplit=1)[0]
    return re.sub(r"[^\x21-\x7e]", "", place.rpartition("@")[2])[:300]
