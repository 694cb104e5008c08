"""A step's log without secrets and without what steers a terminal, once the step has ended.

What a step or a library prints goes straight to the file, for its owner's eyes alone; no library knows what is secret.
"""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

from noglue.agent.redact import shown
from noglue.tools.showing import visible

LONGEST_LINE = 1 << 16  # bytes that are looked at together
MOST = 4 << 20  # of a longer log the end is kept, where an exception stands


def clean(path: Path) -> None:
    """Replace `log.txt` by what people may see of it. A link, a pipe or a missing file is left alone."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with suppress(OSError), os.fdopen(os.open(path, flags), "rb") as raw:
        about = os.fstat(raw.fileno())
        if not stat.S_ISREG(about.st_mode) or about.st_size == 0:
            return
        raw.seek(max(0, about.st_size - MOST))
        _replace(path, raw, about.st_size > MOST)


def _replace(path: Path, raw: IO[bytes], cut: bool) -> None:
    descriptor, partial = tempfile.mkstemp(prefix=".log-", dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        if cut:
            file.write(f"(only the last {MOST >> 20} MB of the log are kept)\n")
        while line := raw.readline(LONGEST_LINE):
            text = str(shown(line.decode("utf-8", "replace"))).replace("\r\n", "\n").replace("\r", "\n")
            file.write(visible.block(text))
    Path(partial).replace(path)
