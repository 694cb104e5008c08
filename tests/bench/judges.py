"""Judges of the benchmarks: trained once, kept in bench-out/judges, the same for every family and every run."""

from pathlib import Path

from noglue.tools.generation.judge import Judge, load_judge, train_judge
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

SEED = 77


def judge(name: str, run: Path, device: str, rows: int, epochs: int, seed: int = SEED) -> Judge:
    """From the train rows of RUN, where there is none of that name yet."""
    folder = Path("bench-out/judges") / (name if seed == SEED else f"{name}-{seed}")
    if not (folder / "judge.json").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        step = Step(folder=folder, run=run, seed=seed, device=device)
        train_judge(run / "data", folder, Schema.load(run / "data"), step, seed=seed, rows=rows, epochs=epochs)
    return load_judge(folder, device)
