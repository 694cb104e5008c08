"""Sizes and times in words, the same on the terminal and in the report."""

LEAST_MINUTE = 59.95  # seconds; what rounds to 60.0 is a minute


def size(count: float | None) -> str:
    """Bytes, or – where nobody knows.

    >>> size(812), size(1234567), size(None)
    ('812 bytes', '1.2 MB', '–')
    """
    if count is None:
        return "–"
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    raise AssertionError("unreachable")


def duration(seconds: float) -> str:
    """For sentences.

    >>> duration(0.42), duration(45), duration(75.2), duration(600), duration(5400)
    ('0.4 s', '45 s', '1 min 15 s', '10 min', '1 h 30 min')
    """
    if seconds < LEAST_MINUTE:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    hours, rest = divmod(round(seconds), 3600)
    minutes, left = divmod(rest, 60)
    parts = ((hours, "h"), (minutes, "min"), (0 if hours else left, "s"))
    return " ".join(f"{amount} {unit}" for amount, unit in parts if amount)


def clock(seconds: float) -> str:
    """For columns and for what changes while one looks.

    >>> clock(4.25), clock(75), clock(3700)
    ('4.2 s', '1:15', '1:01:40')
    """
    if seconds < LEAST_MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
