"""What steps learn of this process's environment, and which addresses the user named."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from noglue.agent.config import env_file, settings
from noglue.agent.request import sources

_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE")
_OPENBLAS = "OPENBLAS_NUM_THREADS"
_ENDPOINT = re.compile(r"HF_ENDPOINT|NOGLUE_\w+_URL")


def named_addresses(texts: Iterable[str]) -> frozenset[tuple[str, int]]:
    """Every (host, port) that stands in a URL the user wrote; only these may be private addresses (see `Policy`).

    >>> named_addresses(["solve http://127.0.0.1:8000/cifar.html"])
    frozenset({('127.0.0.1', 8000)})
    """
    found = set()
    for url in (url for text in texts for url in sources.urls(text)):
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            continue
        if parts.hostname and parts.scheme.lower() in ("http", "https"):
            found.add((parts.hostname.lower(), port or (443 if parts.scheme.lower() == "https" else 80)))
    return frozenset(found)


def for_steps() -> tuple[tuple[str, str], ...]:
    """Thread counts, where the user limits them; one for OpenBLAS elsewhere (`tools/spec/large_products.py`)."""
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "CUDA_VISIBLE_DEVICES")
    given = {name: os.environ[name] for name in names if name in os.environ}
    return tuple({**given, _OPENBLAS: os.environ.get(_OPENBLAS, "1")}.items())


def for_network() -> tuple[tuple[str, str], ...]:
    """For the steps that reach the network: certificates, keys of places that have data, where services are."""
    known = settings.environment()
    keys = [key for login in env_file.logins() for key in login]
    names = (*(name for name in _CERTIFICATES if name in os.environ), *keys, "NOGLUE_SOURCES", *_endpoint_names(known))
    return tuple((name, known[name]) for name in names if known.get(name))


def endpoints() -> list[str]:
    """Addresses of services that the user set (`NOGLUE_SEARXNG_URL`, `HF_ENDPOINT`), which may be private ones.

    Of the real environment alone: what `.env` says may be a stranger's word.
    """
    return [os.environ[name] for name in _endpoint_names(os.environ) if os.environ[name]]


def _endpoint_names(known: Mapping[str, str]) -> list[str]:
    return sorted(name for name in known if _ENDPOINT.fullmatch(name))


def certificates() -> tuple[Path, ...]:
    """Certificate bundles that the environment names, to be shown to the download step."""
    paths = {Path(os.environ[name]) for name in _CERTIFICATES if os.environ.get(name)}
    return tuple(sorted(path for path in paths if path.exists()))
