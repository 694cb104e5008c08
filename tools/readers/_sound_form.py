"""To what all recordings of a data set are brought, and how that is told.

>>> sound_form([Facts(rate=44_100, channels=2, seconds=5.0)] * 30)
SoundForm(rate=16000, seconds=60.0)
"""

import statistics
from collections import Counter
from collections.abc import Sequence

from noglue.tools.sound.decoding import Facts
from noglue.tools.sound.form import SoundForm

RATE = 16_000  # samples a second at most
SECONDS = 60.0  # of a recording that are learned from
FEW = 0.05  # of the recordings may have a lower rate than all are brought to


def sound_form(facts: Sequence[Facts]) -> SoundForm:
    """16 kHz, or the lowest rate that more than a few of the recordings have."""
    rates = sorted(one.rate for one in facts)
    lowest = rates[int(FEW * len(rates))]
    return SoundForm(rate=min(RATE, lowest), seconds=SECONDS)


def told(facts: Sequence[Facts], form: SoundForm) -> list[str]:
    """What the recordings are like, and what was decided."""
    seconds = [one.seconds for one in facts]
    rates, channels = Counter(one.rate for one in facts), Counter(one.channels for one in facts)
    listed = ", ".join(f"{rate:,} Hz" for rate, _ in rates.most_common(4)) + (" …" if len(rates) > 4 else "")
    kinds = ", ".join({1: "mono", 2: "stereo"}.get(n, f"{n} channels") for n, _ in channels.most_common(3))
    lengths = f"{min(seconds):.2f} to {max(seconds):.2f} s, {statistics.median(seconds):.2f} s at the median"
    brought = "" if set(rates) == {form.rate} and set(channels) == {1} else f"; brought to {form.rate:,} Hz, mono"
    notes = [f"The recordings are of {listed}, {kinds}, {lengths}{brought}"]
    cut = sum(length > form.seconds for length in seconds)
    if cut:
        longer = "one recording" if cut == 1 else f"{cut:,} recordings"
        notes.append(f"Of {longer} longer than {form.seconds:g} s the first {form.seconds:g} s are used")
    return notes
