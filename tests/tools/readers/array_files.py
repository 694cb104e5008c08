"""Arrays in the files of every format, by the names that they are given: written by real libraries."""

import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import safetensors.numpy
import scipy.io
import torch
from sklearn.datasets import load_digits

Arrays = Mapping[str, np.ndarray]
Write = Callable[[Path, Arrays], Path]
TRAIN, TEST = 60, 20


def digits() -> dict[str, np.ndarray]:
    """Pictures of 8 × 8 in shades of 0…255, and the digits on them, in two splits."""
    pixels, labels = load_digits(return_X_y=True)
    pictures = np.rint(pixels.reshape(-1, 8, 8) * 255 / 16).astype(np.uint8)
    return {
        "x_train": pictures[:TRAIN],
        "y_train": labels[:TRAIN].astype(np.int64),
        "x_test": pictures[TRAIN : TRAIN + TEST],
        "y_test": labels[TRAIN : TRAIN + TEST].astype(np.int64),
    }


def npz(folder: Path, arrays: Arrays) -> Path:
    np.savez(folder / "data.npz", **arrays)
    return folder / "data.npz"


def npz_packed(folder: Path, arrays: Arrays) -> Path:
    np.savez_compressed(folder / "data.npz", **arrays)
    return folder / "data.npz"


def npz_each(folder: Path, arrays: Arrays) -> Path:
    for name, array in arrays.items():
        np.savez_compressed(folder / f"digits-{name.replace('_', '-')}.npz", array)
    return folder


def npz_splits(folder: Path, arrays: Arrays) -> Path:
    for split in ("train", "test"):
        np.savez(folder / f"{split}.npz", **{name[0]: array for name, array in arrays.items() if split in name})
    return folder


def npy(folder: Path, arrays: Arrays) -> Path:
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    return folder


def npy_folders(folder: Path, arrays: Arrays) -> Path:
    for name, array in arrays.items():
        role, split = name.split("_")
        (folder / split).mkdir(exist_ok=True)
        np.save(folder / split / f"{'images' if role == 'x' else 'labels'}.npy", array)
    return folder


def npy_shards(folder: Path, arrays: Arrays) -> Path:
    for name, array in arrays.items():
        for place, part in enumerate(np.array_split(array, 11)):
            np.save(folder / f"{name}_{place}.npy", part)
    return folder


def columns_first(folder: Path, arrays: Arrays) -> Path:
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", np.asfortranarray(array))
    return folder


def matlab(folder: Path, arrays: Arrays) -> Path:
    scipy.io.savemat(folder / "data.mat", dict(arrays), do_compression=True)
    return folder / "data.mat"


def matlab_last(folder: Path, arrays: Arrays) -> Path:
    """A file a split, and the rows along the last axis, as SVHN has them."""
    for split in ("train", "test"):
        images = np.moveaxis(arrays[f"x_{split}"], 0, -1)
        scipy.io.savemat(folder / f"{split}.mat", {"X": images, "y": arrays[f"y_{split}"][:, None]})
    return folder


def matlab_struct(folder: Path, arrays: Arrays) -> Path:
    whole = {
        split: {"images": arrays[f"x_{split}"], "labels": arrays[f"y_{split}"][None]} for split in ("train", "test")
    }
    scipy.io.savemat(folder / "data.mat", {"dataset": whole})
    return folder / "data.mat"


def matlab_hdf(folder: Path, arrays: Arrays) -> Path:
    """As version 7.3 has them: HDF5 behind 512 bytes, axes in reverse."""
    with h5py.File(folder / "data.mat", "w", userblock_size=512) as file:
        for name, array in arrays.items():
            file.create_dataset(name, data=np.moveaxis(array, 0, -1).T if array.ndim > 1 else array[None])
    with (folder / "data.mat").open("r+b") as raw:
        raw.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\0\2IM")
    return folder / "data.mat"


def hdf5(folder: Path, arrays: Arrays) -> Path:
    with h5py.File(folder / "data.h5", "w") as file:
        for name, array in arrays.items():
            file.create_dataset(name, data=array, compression="gzip", chunks=(7, *array.shape[1:]))
    return folder / "data.h5"


def hdf5_groups(folder: Path, arrays: Arrays) -> Path:
    with h5py.File(folder / "data.hdf5", "w") as file:
        for name, array in arrays.items():
            role, split = name.split("_")
            file.create_dataset(f"{split}/{role}", data=array)
    return folder / "data.hdf5"


def hdf5_course(folder: Path, arrays: Arrays) -> Path:
    """As a course's cats have it: a file a split, each with the names of the classes."""
    for split in ("train", "test"):
        with h5py.File(folder / f"{split}_digits.h5", "w") as file:
            file[f"{split}_set_x"], file[f"{split}_set_y"] = arrays[f"x_{split}"], arrays[f"y_{split}"]
            file["list_classes"] = np.array([str(digit).encode() for digit in range(10)])
    return folder


def hdf5_each(folder: Path, arrays: Arrays) -> Path:
    for name, array in arrays.items():
        role, split = name.split("_")
        with h5py.File(folder / f"camelyonpatch_level_2_split_{split}_{role}.h5", "w") as file:
            file[role] = array if role == "x" else array.reshape(-1, 1, 1, 1)
    return folder


def tensors(folder: Path, arrays: Arrays) -> Path:
    safetensors.numpy.save_file(dict(arrays), folder / "data.safetensors")
    return folder / "data.safetensors"


def torch_dict(folder: Path, arrays: Arrays) -> Path:
    torch.save({name: torch.from_numpy(array.copy()) for name, array in arrays.items()}, folder / "data.pt")
    return folder / "data.pt"


def torch_pairs(folder: Path, arrays: Arrays) -> Path:
    for split, name in (("train", "training"), ("test", "test")):
        pair = (torch.from_numpy(arrays[f"x_{split}"].copy()), torch.from_numpy(arrays[f"y_{split}"].copy()))
        torch.save(pair, folder / f"{name}.pt", _use_new_zipfile_serialization=split == "train")
    return folder


def _pickle(name: str, content: Callable[[Arrays], Any], protocol: int = 4) -> Write:
    def write(folder: Path, arrays: Arrays) -> Path:
        (folder / name).write_bytes(pickle.dumps(content(arrays), protocol))
        return folder / name

    return write


def _pairs(arrays: Arrays) -> Any:
    return tuple((arrays[f"x_{split}"], arrays[f"y_{split}"]) for split in ("train", "test"))


def _nested(arrays: Arrays) -> Any:
    return {
        split: {"data": arrays[f"x_{split}"], "labels": arrays[f"y_{split}"].tolist()} for split in ("train", "test")
    }


def _rows(arrays: Arrays) -> Any:
    return {
        split: list(zip(arrays[f"x_{split}"], arrays[f"y_{split}"].tolist(), strict=True))
        for split in ("train", "test")
    }


FORMATS: dict[str, Write] = {
    **{one.__name__: one for one in (npz, npz_packed, npz_each, npz_splits, npy, npy_folders, npy_shards, columns_first,
       matlab, matlab_last, matlab_struct, matlab_hdf, hdf5, hdf5_groups, hdf5_course, hdf5_each, tensors, torch_dict,
       torch_pairs)},
    "pickled": _pickle("data.pkl", dict),
    "pickled, protocol 0": _pickle("data.pickle", dict, 0),
    "pickled, protocol 5": _pickle("data.pkl", dict, 5),
    "pickled pairs": _pickle("mnist.pkl", _pairs),
    "pickled in pieces": _pickle("data.pkl", _nested),
    "pickled rows": _pickle("data.pkl", _rows),
    "pickled, scikit-learn's order": _pickle(
        "data.pkl", lambda arrays: [arrays[name] for name in ("x_train", "x_test", "y_train", "y_test")]
    ),
}  # fmt: skip
