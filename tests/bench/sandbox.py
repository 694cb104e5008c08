"""What a sandbox adds to one step: `python -m tests.bench.sandbox [--repeats 30]`.

The step is `python -P -c pass`, limited in memory as steps are, from the call to the exit status, beside the same
command as a bare child process. Repeats of all are interleaved, so that a busy machine slows them alike; medians count.
`choose` is what a run pays once: the set-up of the sandbox, and the probe that tries to get out of it.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from noglue.tools.sandbox import choose
from noglue.tools.sandbox.bwrap import Bubblewrap
from noglue.tools.sandbox.landlock import Landlock
from noglue.tools.sandbox.off import Unconfined
from noglue.tools.spec.sandboxes import Confinement, Limits, Sandbox

COMMAND = [sys.executable, "-P", "-c", "pass"]


def milliseconds(call: Callable[[], object]) -> float:
    begin = time.perf_counter()
    call()
    return (time.perf_counter() - begin) * 1000


def step(sandbox: Sandbox, folder: Path) -> None:
    with (folder / "log.txt").open("ab") as log:
        child = sandbox.start(COMMAND, Confinement(folder, limits=Limits(memory_bytes=4 << 30)), log)
        with child.stdout:
            child.stdout.read()
            child.wait()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--repeats", type=int, default=30)
    repeats = arguments.parse_args().repeats
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top) / "runs" / "run" / "steps" / "01-pass"
        folder.mkdir(parents=True)
        calls: dict[str, Callable[[], object]] = {"bare": lambda: subprocess.run(COMMAND, check=True)}
        for name, sandbox in (("bwrap", Bubblewrap()), ("landlock", Landlock()), ("off", Unconfined())):
            if sandbox.available() is None:
                calls[name] = lambda sandbox=sandbox: step(sandbox, folder)
                if name != "off":
                    calls[f"choose {name}"] = lambda name=name: choose(name)
        times: dict[str, list[float]] = {name: [] for name in calls}
        for _ in range(repeats):
            for name, call in calls.items():
                times[name].append(milliseconds(call))
    bare = statistics.median(times["bare"])
    for name, taken in times.items():
        middle = statistics.median(taken)
        print(f"{name:16} median {middle:6.1f} ms   fastest {min(taken):6.1f} ms   over bare {middle - bare:+6.1f} ms")


if __name__ == "__main__":
    main()
