"""What steps learn of this process's environment, and which addresses the user named."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

_URL = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE")


def named_addresses(texts: Iterable[str]) -> frozenset[tuple[str, int]]:
    """Every (host, port) that stands in a URL the user wrote; only these may be private addresses.

    >>> named_addresses(["solve http://127.0.0.1:8000/cifar.html"])
    frozenset({('127.0.0.1', 8000)})
    """
    found = set()
    for url in (match for text in texts for match in _URL.findall(text)):
        try:
            parts = urlsplit(url.rstrip(".,;:!?)"))
            port = parts.port
        except ValueError:
            continue
        if parts.hostname:
            found.add((parts.hostname.lower(), port or (443 if parts.scheme.lower() == "https" else 80)))
    return frozenset(found)


def for_steps() -> tuple[tuple[str, str], ...]:
    """Thread counts, where the user limits them."""
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "CUDA_VISIBLE_DEVICES")
    return tuple((name, os.environ[name]) for name in names if name in os.environ)


def for_network() -> tuple[tuple[str, str], ...]:
    """The download step's own: certificates, and the token that private Hub data sets need."""
    names = (*_CERTIFICATES, "HF_TOKEN", "HF_ENDPOINT")
    return tuple((name, os.environ[name]) for name in names if os.environ.get(name))


def certificates() -> tuple[Path, ...]:
    """Certificate bundles that the environment names, to be shown to the download step."""
    paths = {Path(os.environ[name]) for name in _CERTIFICATES if os.environ.get(name)}
    return tuple(sorted(path for path in paths if path.exists()))
