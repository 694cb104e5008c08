"""What steps learn of this process's environment, and which addresses the user named."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from noglue.tools.spec import catalogue

_URL = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE")
_ENDPOINT = re.compile(r"HF_ENDPOINT|NOGLUE_\w+_URL")


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
    """For the steps that reach the network: certificates, keys of places that have data, where services are."""
    names = (*_CERTIFICATES, *_keys(), "NOGLUE_SOURCES", *_endpoint_names())
    return tuple((name, os.environ[name]) for name in names if os.environ.get(name))


def endpoints() -> list[str]:
    """Addresses of services that the user set (`NOGLUE_SEARXNG_URL`, `HF_ENDPOINT`): as good as written in the task."""
    return [os.environ[name] for name in _endpoint_names() if os.environ[name]]


def _keys() -> list[str]:
    """What the providers say that they can be opened with."""
    providers = [catalogue.load("noglue.tools.sources", name) for name in catalogue.names("noglue.tools.sources")]
    return [key for provider in providers for key in getattr(provider, "KEYS", ())]


def _endpoint_names() -> list[str]:
    return sorted(name for name in os.environ if _ENDPOINT.fullmatch(name))


def certificates() -> tuple[Path, ...]:
    """Certificate bundles that the environment names, to be shown to the download step."""
    paths = {Path(os.environ[name]) for name in _CERTIFICATES if os.environ.get(name)}
    return tuple(sorted(path for path in paths if path.exists()))
