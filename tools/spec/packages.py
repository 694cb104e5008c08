"""Which extra brings a package that is not installed: noglue's core learns tables, the rest are extras.

    >>> missing_package(ModuleNotFoundError("No module named 'torch'", name="torch"), "audio").hint
    "pip install 'noglue[sound]' installs it."

The extras stand in pyproject.toml.
"""

from noglue.tools.spec import modalities
from noglue.tools.spec.errors import Kind, StepFailed

_EXTRAS = {
    "catboost": ("tables", "This model needs CatBoost"),
    "cryptography": ("images", "Signed images need cryptography"),
    "soundfile": ("sound", "Sound needs soundfile"),
    "soxr": ("sound", "Sound needs soxr"),
    "py7zr": ("formats", "Archives of 7z need py7zr"),
    "rarfile": ("formats", "Archives of rar need rarfile"),
    "lz4": ("formats", "Files packed by lz4 need lz4"),
    "torchvision": ("fid", "FID needs torchvision"),
    "torch_fidelity": ("fid", "FID needs torch-fidelity"),
}
_SHARED = {"torch": "torch", "PIL": "pillow"}  # of the extras of several modalities


def missing_package(error: ImportError, modality: str | None = None) -> StepFailed | None:
    """What to install, as an error `missing-package`; None where no extra has the package.

    modality: of the data, which says whose extra is meant where several have the package.
    """
    package = (error.name or "").partition(".")[0]
    if package in _SHARED:
        plugin = modalities.load(modality or "image")
        extra = plugin.extra or modalities.load("image").extra
        needs = f"{plugin.plural[0].upper()}{plugin.plural[1:]} need {_SHARED[package]}"
    elif package in _EXTRAS:
        extra, needs = _EXTRAS[package]
    else:
        return None
    hint = f"pip install 'noglue[{extra}]' installs it."
    return StepFailed(
        Kind.MISSING_PACKAGE, f"{needs}, which is not installed.", hint=hint, package=package, extra=extra
    )
