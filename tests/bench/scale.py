"""Data that is larger than what is held in memory, as far as the training: `make bench-scale`.

    python -m tests.bench.scale pictures --sizes 100000           one zip of PNGs of 28 × 28 from a loopback server
    python -m tests.bench.scale folder --sizes 200000             the same pictures in a folder
    python -m tests.bench.scale csv --sizes 500 1000 2000         megabytes of delimited text, 30 columns
    python -m tests.bench.scale parquet --sizes 500 1000 2000     megabytes of shards of 64 MB, 30 columns

Each prints one line a step (pictures: one line for all): seconds, seconds of CPU, the peak of its process; at the end
the ledger of rows, which must balance. Aims on two free cores: 100,000 pictures under 90 s and 1.5 GB, 200,000 in a
folder under 180 s and 2 GB, 2 GB of text under 60 s and 2 GB. Text and Parquet that do not fit in memory are drawn
from, so that memory stays where it is while the data grows; small pictures of one size are held as pixels (≤ 1.6 GB).
What was reached stands in docs/benchmarks.md.
"""

import argparse
import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from PIL import Image

from tests.bench.table import step, write
from tests.bench.whole import machine, noglue
from tests.web import Web

CLASSES = 10
SHARD_ROWS = 250_000


def drawn(random: np.random.Generator) -> bytes:
    blocks = random.integers(0, 256, (4, 4, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(blocks.repeat(7, 0).repeat(7, 1)).save(buffer, "png", compress_level=1)
    return buffer.getvalue()


def pictures(place: Path, run: Path, size: int) -> None:
    random = np.random.default_rng(0)
    with zipfile.ZipFile(place / "pictures.zip", "w") as archive:
        for number in range(size):
            archive.writestr(f"pictures/class {number % CLASSES}/{number:06}.png", drawn(random))
    with Web() as web:
        url = web.mount("/", place)
        paragraph = f"Tell apart the pictures of {url}pictures.zip"
        content = noglue("run", paragraph, "--yes", "--family", "pixels_linear", "--budget", "10m", "--runs", str(run))
    seconds = content["seconds"]
    prepared = {name: seconds.get(name, 0.0) for name in ("download", "extract", "inspect", "prepare")}
    print(
        f"{sum(prepared.values()):.1f} s until prepared {prepared}, peak of all steps {content['peak'] / 2**30:.2f} GB"
    )
    print(f"rows {json.dumps(content.get('rows'))}; {(content.get('error') or {}).get('message', 'done')}", flush=True)


def folder(place: Path, run: Path, size: int) -> None:
    random = np.random.default_rng(0)
    for number in range(CLASSES):
        (place / "pictures" / f"class {number}").mkdir(parents=True)
    for number in range(size):
        file = place / "pictures" / f"class {number % CLASSES}" / f"{number:06}.png"
        file.write_bytes(drawn(random))
    learned(run, [str(place / "pictures")], None)


def csv(place: Path, run: Path, size: int) -> None:
    """A million rows are 216 MB; more of them are the same ones again, with the header once."""
    file, part = place / "large.csv", place / "part.csv"
    write(part, 250_000)
    header, _, rows = part.read_bytes().partition(b"\n")
    with file.open("wb") as opened:
        opened.write(header + b"\n")
        while opened.tell() < size * 1_000_000:
            opened.write(rows)
    part.unlink()
    learned(run, [str(file)], "bought")


def parquet(place: Path, run: Path, size: int) -> None:
    write(place / "part.csv", SHARD_ROWS)
    table = pa.csv.read_csv(place / "part.csv")
    (place / "part.csv").unlink()
    (place / "shards").mkdir()
    total, number = 0, 0
    while total < size * 1_000_000:
        file = place / "shards" / f"part-{number:05}.parquet"
        pa.parquet.write_table(table, file)
        total, number = total + file.stat().st_size, number + 1
    learned(run, [str(place / "shards")], "bought")


def learned(run: Path, roots: list[str], target: str | None) -> None:
    found = step(run, 3, "inspect", {"roots": roots, "goal": "classify"})
    prepared = step(run, 4, "prepare", {"profile": found["profile"], "target": target})
    rows: dict[str, Any] = prepared["ledger"]
    print(f"rows {json.dumps(rows)}", flush=True)


KINDS: dict[str, tuple[Callable[[Path, Path, int], None], list[int]]] = {
    "pictures": (pictures, [100_000]),
    "folder": (folder, [200_000]),
    "csv": (csv, [500, 1_000, 2_000]),
    "parquet": (parquet, [500, 1_000, 2_000]),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"{', '.join(KINDS)}; all of them if none is named")
    parser.add_argument("--sizes", nargs="+", type=int, help="pictures, or megabytes")
    parser.add_argument("--folder", help="where the data goes; default: a temporary folder")
    arguments = parser.parse_args()
    print(machine(), flush=True)
    for kind in arguments.kinds or KINDS:
        make, usual = KINDS[kind]
        for size in arguments.sizes or usual:
            print(f"{kind} {size:,}", flush=True)
            with tempfile.TemporaryDirectory(dir=arguments.folder) as place:
                (Path(place) / "data").mkdir()
                for name in ("data", "sealed"):
                    (Path(place) / "run" / name).mkdir(parents=True)
                make(Path(place) / "data", Path(place) / "run", size)


if __name__ == "__main__":
    main()
