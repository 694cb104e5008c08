"""Which extra brings a package that is not installed: noglue's core learns tables, the rest are extras.

    >>> missing_package(ModuleNotFoundError("No module named 'torch'", name="torch")).hint
    "pip install 'noglue[images]' installs it."

The extras stand in pyproject.toml.
"""

from noglue.tools.spec.errors import Kind, StepFailed

_EXTRAS = {
    "torch": ("images", "Images need torch"),
    "PIL": ("images", "Images need pillow"),
    "cryptography": ("images", "Signed images need cryptography"),
    "soundfile": ("sound", "Sound needs soundfile"),
    "soxr": ("sound", "Sound needs soxr"),
    "py7zr": ("formats", "Archives of 7z need py7zr"),
    "rarfile": ("formats", "Archives of rar need rarfile"),
    "lz4": ("formats", "Files packed by lz4 need lz4"),
    "torchvision": ("fid", "FID needs torchvision"),
    "torch_fidelity": ("fid", "FID needs torch-fidelity"),
}


def missing_package(error: ImportError) -> StepFailed | None:
    """What to install, as an error `missing-package`; None where no extra has the package."""
    package = (error.name or "").partition(".")[0]
    if package not in _EXTRAS:
        return None
    extra, needs = _EXTRAS[package]
    hint = f"pip install 'noglue[{extra}]' installs it."
    return StepFailed(
        Kind.MISSING_PACKAGE, f"{needs}, which is not installed.", hint=hint, package=package, extra=extra
    )
