"""Damaged files of every format: `make bench-fuzz`, or `python -m tests.bench.fuzz --files 10000 --seed 0`.

The corpus is what the layouts of `noglue bench --layouts` write. Each mutated file goes through `extract` and `inspect`
in a process of its own, forked from a warm one, with 2 GB more of memory and 20 s. It may end in an error that has a
name, or in profiles whose ledgers balance; anything else is a fault: a crash, a hang, more memory, something written
outside of the run's folder, a message without end. `--again NAME:NUMBER` makes one of them once more, and keeps it.
"""

import argparse
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.mutations import mutated

MEMORY = 2 << 30
SECONDS = 20
MOST_FILES = 10  # of a layout's, evenly chosen: what is damaged is one or two of them
MESSAGE = 2000
HEAVY = frozenset({"mnist_csv_pixel_columns", "stl10_binary"})  # a second and more each, and no format of their own


@dataclass
class Seed:
    """A layout's files, by their paths below its folder."""

    name: str
    files: dict[str, bytes]


@dataclass
class Found:
    """What came of the mutated files."""

    outcomes: Counter[str] = field(default_factory=Counter)
    gave_up: Counter[str] = field(default_factory=Counter)
    faults: list[dict[str, Any]] = field(default_factory=list)
    files: int = 0
    slowest: float = 0.0
    largest: int = 0

    def add(self, other: "Found") -> None:
        self.outcomes += other.outcomes
        self.gave_up += other.gave_up
        self.faults += other.faults
        self.files += other.files
        self.slowest, self.largest = max(self.slowest, other.slowest), max(self.largest, other.largest)


def corpus(only: str = "") -> list[Seed]:
    """One seed a layout; what a missing package would have to write is left out."""
    from importlib.util import find_spec

    from noglue.tasks.layouts import layout

    found = []
    for one in layout.load_all().values():
        if only and only not in one.name and only not in one.kind:
            continue
        if one.name in HEAVY or any(find_spec(name) is None for name in one.needs):
            continue
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            try:
                one.build(place)
            except Exception as error:  # a builder's own trouble is the other benchmark's
                print(f"left out: {one.name} ({type(error).__name__})", file=sys.stderr)
                continue
            paths = sorted(path for path in place.rglob("*") if path.is_file())
            paths = paths[:: max(1, len(paths) // MOST_FILES)][: MOST_FILES + 2]
            found.append(Seed(one.name, {str(path.relative_to(place)): path.read_bytes() for path in paths}))
    return found


def damaged(seeds: Sequence[Seed], number: int, first: int) -> tuple[Seed, str, dict[str, bytes]]:
    """The mutant of that number: which layout, what was done, all of its files. first: the run's seed."""
    chance = random.Random(f"{first}:{number}")
    seed = seeds[number % len(seeds)]
    others = [chance.choice(list(chance.choice(seeds).files.values())) or b"\0" for _ in range(4)]
    files = dict(seed.files)
    told = []
    for name in chance.sample(sorted(files), min(len(files), chance.choice((1, 1, 2)))):
        done, content = mutated(files[name], others, chance)
        if chance.random() < 0.05:  # another ending, as of a file that was saved wrongly
            ending = Path(chance.choice(list(chance.choice(seeds).files))).suffix
            del files[name]
            name = str(Path(name).with_suffix(ending))
            done += f", called {Path(name).name}"
        files[name] = content
        told.append(f"{Path(name).name}: {done}")
    return seed, "; ".join(told), files


def tried(seeds: Sequence[Seed], numbers: Sequence[int], first: int, until: float) -> Found:
    """Each in a process of its own, one after the other."""
    found = Found()
    for number in numbers:
        if time.monotonic() > until:
            break
        seed, done, files = damaged(seeds, number, first)
        with tempfile.TemporaryDirectory() as folder:
            began = time.monotonic()
            outcome, detail, memory = _in_a_fork(Path(folder), files)
            seconds = time.monotonic() - began
        found.files += 1
        found.outcomes[outcome if outcome in ("profile", "crash", "hang", "signal") else f"error {outcome}"] += 1
        found.slowest, found.largest = max(found.slowest, seconds), max(found.largest, memory)
        if outcome in ("crash", "hang", "signal", "memory", "outside", "unbalanced", "long"):
            found.faults.append({"again": f"{seed.name}:{number}", "done": done, "outcome": outcome,
                                 "detail": detail[-1500:], "seconds": round(seconds, 1)})  # fmt: skip
        elif "gave up on it" in detail:
            found.gave_up[f"{detail.partition('the reader ')[2].partition(':')[0][:80]}"] += 1
    return found


def _in_a_fork(root: Path, files: dict[str, bytes]) -> tuple[str, str, int]:
    """→ the outcome, its detail, the most memory that it took in bytes."""
    for name, content in files.items():
        (root / "given" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "given" / name).write_bytes(content)
    for name in ("run/steps/extract", "run/steps/inspect", "home"):
        (root / name).mkdir(parents=True)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _confined(root, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    _, status, used = os.wait4(child, 0)
    memory = used.ru_maxrss * 1024
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return "hang" if number == signal.SIGALRM else "signal", signal.Signals(number).name, memory
    if not told:
        return "crash", f"exit {os.waitstatus_to_exitcode(status)} without a word", memory
    outcome, detail = json.loads(told)
    left = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    outside = {name for name in left if not name.startswith("run/steps/")} ^ {f"given/{name}" for name in files}
    changed = [name for name, content in files.items() if (root / "given" / name).read_bytes() != content]
    if outside or changed:
        return "outside", f"{sorted(outside)[:5]} {changed[:5]}", memory
    return outcome, detail, memory


def _confined(root: Path, writing: int) -> None:
    """In the fork: never returns."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ["HOME"] = str(root / "home")
    os.chdir(root / "home")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    told = _outcome(root)
    os.write(writing, json.dumps(told).encode())
    os._exit(0)


def _outcome(root: Path) -> tuple[str, str]:
    from noglue.tools import extract, inspect
    from noglue.tools.spec.errors import Kind, ToolError
    from noglue.tools.spec.step import Step

    run = root / "run"
    try:
        step = Step(run / "steps" / "extract", run)
        roots = extract.run(extract.Args(files=[str(root / "given")]), step).roots
        result = inspect.run(inspect.Args(roots=roots), Step(run / "steps" / "inspect", run))
        json.loads(result.model_dump_json())
    except ToolError as error:
        if error.kind == Kind.OUT_OF_MEMORY:
            return "memory", error.message
        whole = f"{error.message} {error.hint}"
        return ("long" if len(whole) > MESSAGE else str(error.kind.value)), whole
    except MemoryError:
        return "memory", traceback.format_exc()
    except BaseException:
        return "crash", traceback.format_exc()
    off = [one.reader for one in result.profiles if one.ledger is None or not one.ledger.balances]
    return ("unbalanced", ", ".join(off)) if off else ("profile", result.profile.reader)


def fuzz(count: int, first: int = 0, jobs: int = 2, only: str = "", seconds: float = 1e9) -> Found:
    """`count` mutated files, or as many as there is time for."""
    import multiprocessing
    from concurrent.futures import ThreadPoolExecutor

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["noglue.tasks.layouts.warm"])
    until = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
        kept = Path(folder) / "corpus.json"
        maker = context.Process(target=_keep_corpus, args=(str(kept), only))
        maker.start()
        maker.join()
        shares = list(_shares(count, jobs))
        found = Found()
        for part in pool.map(lambda numbers: _in_a_worker(context, kept, numbers, first, until), shares):
            found.add(part)
    return found


def _shares(count: int, jobs: int, at_once: int = 100) -> Iterator[range]:
    for start in range(0, count, at_once):
        yield range(start, min(count, start + at_once))


def _keep_corpus(path: str, only: str) -> None:
    held = [
        {"name": seed.name, "files": {name: one.hex() for name, one in seed.files.items()}} for seed in corpus(only)
    ]
    Path(path).write_text(json.dumps(held), encoding="ascii")


def _kept(path: Path) -> list[Seed]:
    held = json.loads(path.read_text(encoding="ascii"))
    return [Seed(one["name"], {name: bytes.fromhex(text) for name, text in one["files"].items()}) for one in held]


def _in_a_worker(context: Any, kept: Path, numbers: Sequence[int], first: int, until: float) -> Found:
    if time.monotonic() > until:
        return Found()
    ours, theirs = context.Pipe(duplex=False)
    worker = context.Process(target=_work, args=(theirs, str(kept), list(numbers), first, until))
    worker.start()
    theirs.close()
    try:
        found: Found = ours.recv()
    except EOFError:
        found = Found(
            faults=[{"again": f"{numbers[0]}…", "outcome": "crash", "detail": "the worker ended", "done": ""}]
        )
    worker.join()
    return found


def _work(answer: Any, kept: str, numbers: list[int], first: int, until: float) -> None:
    answer.send(tried(_kept(Path(kept)), numbers, first, until))


def _again(spelled: str, first: int, only: str) -> int:
    """One of them once more, its files kept for a look."""
    seed, done, files = damaged(corpus(only), int(spelled.rpartition(":")[2]), first)
    place = Path(tempfile.mkdtemp(prefix="fuzz-"))
    outcome, detail, memory = _in_a_fork(place, files)
    print(f"{seed.name}: {done}\n{outcome}, {memory >> 20} MB\n{detail}\n{place / 'given'}")
    return int(seed.name != spelled.rpartition(":")[0])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--only", default="")
    parser.add_argument("--again")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if given.again:
        return _again(given.again, given.seed, given.only)
    began = time.monotonic()
    found = fuzz(given.files, given.seed, given.jobs, given.only, given.seconds)
    for fault in found.faults:
        print(f"{fault['outcome']:10} {fault['again']:34} {fault['done']}\n{fault['detail']}\n")
    for name, count in found.outcomes.most_common():
        print(f"{count:7,}  {name}")
    print("readers that gave up, with an error that has a name:", dict(found.gave_up.most_common(30)))
    took = f"in {time.monotonic() - began:.0f} s, slowest {found.slowest:.1f} s, most memory {found.largest >> 20} MB"
    print(f"{found.files:,} mutated files {took}, {len(found.faults)} faults")
    if given.out:
        given.out.write_text(json.dumps({"outcomes": found.outcomes, "gave_up": found.gave_up, "faults": found.faults,
                                         "files": found.files}, indent=1), encoding="utf-8")  # fmt: skip
    return int(bool(found.faults))


if __name__ == "__main__":
    sys.exit(main())
