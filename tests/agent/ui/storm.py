"""A run's events, many and fast, in a live picture: `python storm.py NUMBER [ask]`.

The lines of the picture become more and fewer all the time, and notes are printed above it.
"""

import random
import sys
import time

from noglue.agent.events import Failed, Finished, Note, Planned, Progress, Started, Understood
from noglue.agent.plan import PlannedStep
from noglue.agent.suspending import suspensions
from noglue.agent.ui.live import LiveConsole
from noglue.agent.ui.terminal import Terminal
from noglue.tools.spec.errors import Failure, Kind
from noglue.tools.spec.thumbnail import Thumbnail

NAMES = ("inspect", "prepare", "train", "evaluate", "report")
WIDTHS = range(50, 66)  # of what a step found: lines that end just before, at and after the screen's last column


def main(number: int, asks: bool) -> None:
    terminal, chance = Terminal(), random.Random(1)
    with LiveConsole(terminal) as console, suspensions(terminal.aside):
        console.event(Understood(text="Classify images from digits (built in): target chosen from the data, and more"))
        console.event(Planned(planner="rules", steps=[PlannedStep(id=name, tool=name) for name in NAMES]))
        for place, name in enumerate(NAMES, 1):
            console.event(Started(step=name, tool=name, number=place, why="", seconds=None))
            for done in range(number):
                facts = {"name": "x" * chance.randint(1, 40), "fd_own": 9.3, "seconds_left": 3.0}
                picture = Thumbnail.of(20, 8, bytes(range(240)) * 2) if name == "train" else None
                event = Progress(step=name, stage="step", done=done, total=number, picture=picture, **facts)
                console.event(event)
                if done % 2 == 0:
                    console.event(Note(step=name, message=f"note-{name}-{done:04d} {'word ' * chance.randint(1, 30)}"))
                time.sleep(0.01 * chance.random())
            if asks and name == "prepare":
                agreed = terminal.agrees(
                    "Is this a question that is longer than the screen is wide, asked in the middle?"
                )
                console.event(Note(step=name, message=f"agreed: {agreed}"))
            console.event(_ended(name, place, "w" * chance.choice(WIDTHS)))


def _ended(name: str, place: int, found: str) -> Finished | Failed:
    if name == "report":
        return Finished(step=name, tool=name, number=place, seconds=1.0, result_sha256="")
    error = Failure(code=5, kind=Kind.OTHER, message=found)
    return Failed(step=name, tool=name, number=place, seconds=1.0, error=error)


if __name__ == "__main__":
    main(int(sys.argv[1]), "ask" in sys.argv)
