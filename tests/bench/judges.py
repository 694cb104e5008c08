"""Judges of the benchmarks: trained once, kept in bench-out/judges, the same for every family and every run."""

from pathlib import Path

from tools.core.generation.judge import Judge, load_judge, train_judge
from tools.core.schema import Schema
from tools.core.step import Step

SEED = 77


def judge(name: str, run: Path, device: str, rows: int, epochs: int) -> Judge:
    """From the train rows of RUN, where there is none of that name yet."""
    folder = Path("bench-out/judges") / name
    if not (folder / "judge.json").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        step = Step(folder=folder, run=run, seed=SEED, device=device)
        train_judge(run / "data", folder, Schema.load(run / "data"), step, seed=SEED, rows=rows, epochs=epochs)
    return load_judge(folder, device)
