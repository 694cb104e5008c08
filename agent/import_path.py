"""What lies beside the user is no part of noglue: taken off the ways by which modules and programs are found.

The first import of the command. `python -m`, and a PYTHONPATH with a `.` in it, put the working directory before the
standard library: a `json.py` or `torch.py` of whoever made that folder would be run. So would an `lscpu` by a relative
PATH, when some library starts it.
"""

# These modules Python has loaded already; pathlib would be looked for on the very path that is to be mended.
# ruff: noqa: PTH117, PTH120
import os
import site
import sys
from os.path import dirname, isabs, realpath


def restrict() -> None:
    """Off `sys.path` and PATH: the working directory and relative places. What is installed and noglue itself stay."""
    here = realpath(os.curdir)
    ours = {realpath(dirname(dirname(dirname(__file__)))), dirname(dirname(realpath(__file__)))}  # a checkout has both
    kept = ours | {realpath(place) for place in (dirname(os.__file__), *site.getsitepackages())}
    sys.path[:] = [
        realpath(place or os.curdir) if realpath(place or os.curdir) in ours else place
        for place in sys.path
        if realpath(place or os.curdir) in kept or (isabs(place) and realpath(place) != here)
    ]
    programs = os.environ.get("PATH", os.defpath).split(os.pathsep)
    apart = [place for place in programs if isabs(place) and realpath(place) != here]
    os.environ["PATH"] = os.pathsep.join(apart) or os.defpath


restrict()
