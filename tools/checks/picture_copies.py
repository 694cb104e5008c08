"""Near-copies among pictures: the same one saved again, resized, a little brighter or with a border cut off.

Their outlines are compared first: the 63 lowest frequencies of the grey picture, without its mean and on one contrast
(what a perceptual hash keeps the signs of, https://www.phash.org), then the grey pixels. Look-alikes, such as two
handwritten ones, are no copies: see `near_copies`. Of more than 50,000 pictures so many are looked at.
"""

from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.checks.near_copies import Copies, Part, near_pairs

if TYPE_CHECKING:
    from noglue.tools.data.row_content import Files, Pixels

FREQUENCIES = 8
RATIO = 0.1
ALIKE = 0.9  # correlation of the grey pixels
FLAT = 2.0  # grey levels that a picture varies by, at least, to have an outline


def find(content: "Pixels | Files", parts: list[np.ndarray], random: np.random.Generator) -> Copies:
    """Near-copies within the first part and, of the rows of the others, in it. Damaged pictures are passed over."""
    rows, grey = content.grey()
    there = np.isin(rows, np.concatenate(parts)) & (grey.reshape(len(grey), -1).std(axis=1) > FLAT)
    rows, grey = rows[there], grey[there]
    known = np.isin(rows, parts[0])
    outlines = Part(rows, _outlines(grey))
    places = np.full(int(rows.max(initial=0)) + 1, -1)
    places[rows] = np.arange(len(rows))

    def confirm(pairs: np.ndarray) -> np.ndarray:
        one, other = (_even(grey[places[pairs[:, side]]]) for side in (0, 1))
        return np.asarray((one * other).sum(axis=1) >= ALIKE)

    pairs = near_pairs(outlines.where(known), outlines.where(~known), RATIO, confirm, random)
    return Copies(pairs, len(rows), sum(map(len, parts)))


def _outlines(grey: np.ndarray) -> np.ndarray:
    """float32 (n, 63), each of length one."""
    down, across = (_waves(side) for side in grey.shape[1:])
    found = np.zeros((len(grey), down.shape[0] * across.shape[0] - 1), np.float32)
    for start in range(0, len(grey), 4_096):
        part = np.einsum("ah,nhw,bw->nab", down, grey[start : start + 4_096].astype(np.float32), across, optimize=True)
        found[start : start + 4_096] = part.reshape(len(part), -1)[:, 1:]
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-6))


def _waves(side: int) -> np.ndarray:
    """The lowest frequencies of the discrete cosine transform, float32 (at most 8, side)."""
    numbers = np.arange(min(FREQUENCIES, side))[:, None]
    waves = np.cos(np.pi * (2 * np.arange(side) + 1) * numbers / (2 * side))
    return np.asarray(waves / np.linalg.norm(waves, axis=1, keepdims=True), np.float32)


def _even(grey: np.ndarray) -> np.ndarray:
    """Pictures as rows of mean zero and length one, so that brightness and contrast make no difference."""
    flat = grey.reshape(len(grey), -1).astype(np.float32)
    flat -= flat.mean(axis=1, keepdims=True)
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6))
