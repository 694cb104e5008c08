"""Pictures of the report for the documentation, as a browser shows and prints it.

    python -m tests.bench.report_pictures                             runs two jobs (about 4 minutes), then pictures
    python -m tests.bench.report_pictures --table RUN --images RUN    of runs that are there

Writes report-1200-light.png, report-400-dark.png, report-print.png and gan-1200.png to docs/pictures/, each under
150 kB, and says of every page whether something sticks out of the screen at 320, 400 or 1,200 pixels. Needs Chromium on
PATH (`apt-get install chromium`), and `pdftoppm` for the printed page (`apt-get install poppler-utils`).
"""

import argparse
import csv
import shutil
import subprocess
import sys
import tempfile
from contextlib import chdir
from pathlib import Path

import numpy as np
from PIL import Image

from tests.bench import chromium
from tests.bench.whole import noglue

HERE = Path(__file__).parents[2] / "docs" / "pictures"
MOST_BYTES = 150_000
COLOURS = (256, 128, 64, 32)
WIDTHS = (320, 400, 1200)
ROWS = 900


def contracts(file: Path) -> Path:
    """A table of customers, with gaps, dates, words and a class that some of its columns say something of."""
    random = np.random.default_rng(0)
    use, age = random.gamma(3, 80, ROWS).round(1), random.integers(18, 92, ROWS)
    tariff = random.choice(["basic", "green", "night", "business"], ROWS, p=[0.5, 0.25, 0.15, 0.1])
    panels = random.random(ROWS) < 0.2
    told = 0.006 * use - 0.03 * age + 1.2 * (tariff == "green") - panels + random.normal(0, 0.8, ROWS)
    ends = np.where(told > 0.5, "cancelled", np.where(told < -0.8, "renewed", "undecided"))
    signed = np.datetime64("2021-01-04") + random.integers(0, 900, ROWS)
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened)
        writer.writerow(["date signed", "monthly use in kWh", "tariff", "age", "solar panels", "visits", "outcome"])
        for row in range(ROWS):
            known = "" if random.random() < 0.1 else age[row]
            sun = "yes" if panels[row] else "no"
            writer.writerow([signed[row], use[row], tariff[row], known, sun, random.integers(0, 6), ends[row]])
    return file


def made(folder: Path) -> tuple[Path, Path]:
    """A run on a table and one that makes images."""
    contracts(folder / "contracts.csv")
    with chdir(folder):  # so that no path of this machine stands in a picture
        table = noglue("run", "Predict the outcome of contracts.csv", "--data", "contracts.csv", "--budget", "60s")
        images = noglue("run", "Make new handwritten digits.", "--budget", "2m")
    return folder / table["path"], folder / images["path"]


def small(file: Path) -> None:
    """In as few colours as bring it under the limit."""
    whole = Image.open(file).convert("RGB")
    for colours in COLOURS:
        whole.quantize(colours, dither=Image.Dither.NONE).save(file, optimize=True)
        if file.stat().st_size <= MOST_BYTES:
            return
    sys.exit(f"{file.name} has {file.stat().st_size:,} bytes, more than {MOST_BYTES:,}.")


def sticks_out(browser: chromium.Browser, page: Path) -> list[int]:
    """Widths of a screen at which the page is wider than it."""
    found = {width: browser.open(page, width).asked("document.documentElement.scrollWidth") for width in WIDTHS}
    return [width for width, wide in found.items() if wide > width]


def printed(browser: chromium.Browser, page: Path, to: Path) -> None:
    """The first three printed pages side by side."""
    if shutil.which("pdftoppm") is None:
        sys.exit("No pdftoppm on PATH; on Debian: apt-get install poppler-utils.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        browser.open(page).printed(folder / "page.pdf")
        command = ["pdftoppm", "-r", "62", "-l", "3", "-png", str(folder / "page.pdf"), str(folder / "sheet")]
        subprocess.run(command, check=True)
        sheets = [Image.open(file).convert("RGB") for file in sorted(folder.glob("sheet*.png"))]
        width = sum(sheet.width + 12 for sheet in sheets) - 12
        whole = Image.new("RGB", (width, max(sheet.height for sheet in sheets)), "#999999")
        left = 0
        for sheet in sheets:
            whole.paste(sheet, (left, 0))
            left += sheet.width + 12
        whole.save(to)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--table", type=Path, help="a finished run on a table")
    parser.add_argument("--images", type=Path, help="a finished run that makes images")
    parser.add_argument("--out", type=Path, default=HERE)
    asked = parser.parse_args()
    if chromium.found() is None:
        sys.exit("No chromium on PATH, so there are no pictures. On Debian: apt-get install chromium.")
    asked.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        table, images = (asked.table, asked.images) if asked.table and asked.images else made(Path(name))
        with chromium.Browser() as browser:
            report, gan = table / "report.html", images / "report.html"
            browser.open(report, 1200).picture(asked.out / "report-1200-light.png", height=1500)
            browser.open(report, 400, dark=True).picture(asked.out / "report-400-dark.png", height=1700)
            browser.open(gan, 1200).picture(asked.out / "gan-1200.png", height=1500)
            printed(browser, report, asked.out / "report-print.png")
            for page in (report, gan):
                at = ", ".join(map(str, sticks_out(browser, page)))
                print(f"{page.parent.name}: {f'sticks out at {at} pixels' if at else 'fits every screen'}")
    for file in sorted(asked.out.glob("*.png")):
        small(file)
        print(f"{file.name}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
