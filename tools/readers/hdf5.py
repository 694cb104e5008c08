"""HDF5: data sets by their names, in groups or not; also one file a split, or one for features and one for labels.

    train_catvnoncat.h5     train_set_x (209, 64, 64, 3)   train_set_y (209,)   list_classes (2,) text
    data.h5                 train/x   train/y   test/x   test/y
    camelyonpatch_level_2_split_train_x.h5   …_train_y.h5          (PCam: a file each)
    people.h5               age (n,)   sex (n,)   outcome (n,)     a column each; fields of a compound type as well

Read in place, rows as they are asked for. Links to other files are not followed, and nothing is unpickled, which data
frames of pandas' `to_hdf` would need. Source: https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
"""

from collections.abc import Sequence
from pathlib import Path

from noglue.tools.files.unchanging import start
from noglue.tools.readers import _array_sets, _hdf
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw

READS = "HDF5"
_MATLAB = b"MATLAB 7.3 MAT-file"
_DOUBT = 0.6  # where no name tells a role: models are kept so as well


def readings(files: Sequence[Path]) -> list[Match]:
    """By the first bytes, and the names of the data sets inside."""
    return _array_sets.readings(
        [path for path in files if _hdf.is_hdf(path) and not _matlab(path)], _hdf.arrays, _DOUBT, files
    )


def sniff(files: Sequence[Path]) -> Match | None:
    return next(iter(readings(files)), None)


def count(match: Match) -> dict[str, int]:
    """Rows a split, by the headers."""
    return _array_sets.count(match, _hdf.arrays)


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable`, StepFailed `missing-package`."""
    return _array_sets.read(match, _hdf.arrays, rows, form)


def _matlab(path: Path) -> bool:
    return start(path, len(_MATLAB)) == _MATLAB
