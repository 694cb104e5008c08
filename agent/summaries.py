"""One line of words for what a step does and what it found. For both consoles; no machine learning, only wording."""

from typing import Any


def size(count: float) -> str:
    """1234567 → `1.2 MB`."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    raise AssertionError("unreachable")


def duration(seconds: float) -> str:
    """4.25 → `4.2 s`; 75 → `1:15`; 3700 → `1:01:40`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def number(value: Any) -> str:
    """Four significant digits for floats, everything else as it is."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def progress_text(event: dict[str, Any]) -> str:
    """`epoch 3/12 · loss 0.41 · validation 0.873 · 3:10 left`."""
    return f"{event['stage']} {facts_text(event)}"


def facts_text(event: dict[str, Any]) -> str:
    done, total = event.get("done"), event.get("total")
    parts = []
    if event.get("unit") == "bytes" and done is not None:
        parts.append(f"{size(done)} of {size(total)}" if total else size(done))
    elif done is not None:
        parts.append(f"{number(done)}/{number(total)}" if total else number(done))
    for name, value in event.items():
        if name in {"event", "stage", "done", "total", "unit", "step"} or value is None:
            continue
        if name == "seconds_left":
            parts.append(f"{duration(float(value))} left")
        elif name == "rate" and event.get("unit") == "bytes":
            parts.append(f"{size(float(value))}/s")
        else:
            parts.append(f"{name.replace('_', ' ')} {number(value)}")
    return " · ".join(parts)
