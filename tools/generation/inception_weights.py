"""Where the weights of the Inception network lie, without loading anything.

    >>> find_weights({"TORCH_HOME": "/data/torch"})
    PosixPath('/data/torch/hub/checkpoints/weights-inception-2015-12-05-6726825d.pth')

They are those of the network of 2015-12-05 as torch-fidelity converted them (92 MB), which are not downloaded unasked:
https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/weights-inception-2015-12-05-6726825d.pth
"""

import os
from collections.abc import Mapping
from pathlib import Path

NAMES = ("weights-inception-2015-12-05-6726825d.pth", "pt_inception-2015-12-05-6726825d.pth")


def find_weights(environment: Mapping[str, str] = os.environ, cache: Path | None = None) -> Path | None:
    """The file that NOGLUE_INCEPTION names, or one in `cache` or in torch's own; None where there is none."""
    stated = environment.get("NOGLUE_INCEPTION")
    if stated:
        places = [Path(stated).expanduser()]
    else:
        home = Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        torch = Path(environment.get("TORCH_HOME") or home / "torch").expanduser() / "hub" / "checkpoints"
        places = [folder / name for folder in (cache, torch) if folder is not None for name in NAMES]
    return next((place.absolute() for place in places if place.is_file()), None)
