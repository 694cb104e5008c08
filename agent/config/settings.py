"""Where things lie and what the environment says. Flags win over the environment, the environment over `.env`.

Of `.env` only what `env_file.py` lets count; `environment()` is handed on, and `os.environ` never changed.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from noglue.agent.config import env_file
from noglue.tools.spec.errors import BadUsage, Kind

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(seconds?|sec|s|minutes?|min|m|hours?|h|days?|d)?", re.IGNORECASE)
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True)
class Places:
    """runs: parent of the run folders. cache: shared by all runs of this user."""

    runs: Path
    cache: Path


def environment() -> Mapping[str, str]:
    """The environment, with what `.env` in the working directory may say and it does not."""
    return {**env_file.read(Path(), os.environ).values, **os.environ}


def environment_notes() -> tuple[str, ...]:
    """What is to be said of `.env`: names in it that are ignored, addresses that are used."""
    return env_file.read(Path(), os.environ).notes


def secrets() -> Mapping[str, str]:
    """What may have to be kept out of sight: the environment, and all of `.env`, whether it counts or not."""
    return {**env_file.read(Path(), os.environ).secrets, **os.environ}


def places(runs: Path | None, given: Mapping[str, str] | None = None) -> Places:
    """`--runs`, else NOGLUE_RUNS, else ./runs; NOGLUE_CACHE, else the user's cache folder."""
    known = environment() if given is None else given
    base = runs or Path(known.get("NOGLUE_RUNS") or "runs")
    default = Path(known.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "noglue"
    cache = Path(known.get("NOGLUE_CACHE") or default)
    return Places(base.expanduser().absolute(), cache.expanduser().absolute())


def inception(given: Mapping[str, str] | None = None) -> str | None:
    """The file with the weights of Inception-v3, by which FID is computed; None where there is none.

    NOGLUE_INCEPTION names it, there or not; else it may lie in NOGLUE_CACHE or in torch's cache.
    """
    from noglue.tools.generation.inception_weights import find_weights

    known = environment() if given is None else given
    if stated := known.get("NOGLUE_INCEPTION"):
        return str(Path(stated).expanduser().absolute())
    found = find_weights(known, places(None, known).cache)
    return None if found is None else str(found)


def model(flag: str | None) -> str | None:
    """`--model`, else NOGLUE_MODEL: `provider:name`, `provider/name`, a server's URL; None where no model is wanted."""
    return (flag or environment().get("NOGLUE_MODEL") or "").strip() or None


def recording(given: Mapping[str, str] | None = None) -> Path | None:
    """NOGLUE_RECORD: the file to which a model's answers are written, to be replayed with `--model recorded:FILE`."""
    known = environment() if given is None else given
    stated = known.get("NOGLUE_RECORD")
    return Path(stated).expanduser().absolute() if stated else None


def seconds(text: str) -> float:
    """`90s`, `10m`, `1.5h`, `1h30m` → seconds. Raises BadUsage; a bare number too, which may be seconds or minutes."""
    parts = list(_DURATION.finditer(text.strip()))
    if not parts or "".join(part.group(0) for part in parts).replace(" ", "") != text.strip().replace(" ", ""):
        raise BadUsage(Kind.BUDGET, f"{text!r} is not a length of time.", hint="Write 90s, 10m or 1h30m.")
    if bare := [part.group(1) for part in parts if part.group(2) is None]:
        raise BadUsage(
            Kind.BUDGET,
            f"A budget of {text.strip()} may be seconds or minutes.",
            hint=f"Write {bare[0]}s or {bare[0]}m." if len(parts) == 1 else "Write 90s, 10m or 1h30m.",
        )
    total = sum(float(part.group(1)) * _SECONDS[part.group(2)[0].lower()] for part in parts)
    if total <= 0:
        raise BadUsage(Kind.BUDGET, "The budget must be more than nothing.", hint="Write 90s, 10m or 1h30m.")
    return total


def device(wanted: str) -> str:
    """`auto` → `cuda` where a GPU answers, `mps` on Apple machines, else `cpu`. Raises BadUsage for a missing one.

    torch is imported only where a GPU's device node exists: it would cost more than a second of every run.
    """
    if not re.fullmatch(r"auto|cpu|mps|cuda(:\d+)?", wanted):
        raise BadUsage(Kind.DEVICE, f"There is no device {wanted!r}.", hint="Choose auto, cpu, cuda, cuda:N or mps.")
    if wanted == "cpu" or (wanted == "auto" and not _may_have_gpu()):
        return "cpu"
    if find_spec("torch") is None:
        if wanted == "auto":
            return "cpu"
        hint = "pip install 'noglue[images]' installs it."
        raise BadUsage(Kind.MISSING_PACKAGE, f"Device {wanted} needs torch, which is not installed.", hint=hint)
    import torch

    if wanted in {"auto", "mps"} and torch.backends.mps.is_available():
        return "mps"
    count = torch.cuda.device_count()
    index = int(wanted.partition(":")[2] or 0)
    if wanted != "mps" and index < count:
        return "cuda" if wanted == "auto" else wanted
    if wanted == "auto":
        return "cpu"
    raise BadUsage(
        Kind.DEVICE,
        f"Device {wanted} was asked for, and this machine has {count} usable CUDA devices.",
        hint="`noglue doctor` shows what works here; --device auto takes the best of it.",
    )


def _may_have_gpu() -> bool:
    return Path("/dev/nvidia0").exists() or Path("/dev/kfd").exists() or os.uname().sysname == "Darwin"
