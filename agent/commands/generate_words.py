"""What the words after `noglue generate` mean: a run, or files to verify.

noglue generate latest --count 64
noglue generate --verify samples/000017-boot.png samples/000018-bag.png
noglue generate latest --verify samples
noglue generate latest --verify            the images that the run made last
"""

from pathlib import Path
from typing import Any

from noglue.agent import journal, signing_keys
from noglue.agent.commands import verify as verifying
from noglue.agent.commands.batch_folder import PROVENANCE
from noglue.agent.commands.predict import LATEST, newest_with_model
from noglue.agent.events import Note
from noglue.agent.run_folder import RunFolder
from noglue.tools.spec.errors import BadUsage, Kind


def run_alone(given: list[str]) -> str:
    """The run that is to generate."""
    if len(given) == 1:
        return given[0]
    message = f"It takes one run, not {len(given)} names." if given else "Name the run that should generate."
    raise BadUsage(Kind.USAGE, message, hint="noglue generate RUN --count 64, or noglue generate --verify FILE...")


def verify(given: list[str], runs: Path) -> dict[str, Any]:
    """The first name is a run, unless a file or a batch lies there; all others are files. A run alone: its last batch.

    Raises DataError `not-found`, `no-batch`; BadUsage for a run that has made no images.
    """
    if not given:
        raise BadUsage(Kind.USAGE, "Nothing is named to verify.", hint="noglue generate --verify FILE...")
    first = Path(given[0]).expanduser()
    if _is_file(first):
        return verifying.verify([Path(name).expanduser() for name in given])
    try:
        run = newest_with_model(runs, generating=True) if given[0] == LATEST else RunFolder.find(runs, given[0])
    except BadUsage:
        if len(given) > 1:
            raise
        return verifying.verify([first])  # says that nothing is there, or what the folder lacks
    files = [Path(name).expanduser() for name in given[1:]] or [_newest(run)]
    return verifying.verify(files, run.name, signing_keys.public(run.path))


def _newest(run: RunFolder) -> Path:
    """Where the run's last images went, as its journal has it."""
    events = journal.events(run.path) if journal.has_events(run.path) else iter(())
    facts = [event.facts for event in events if isinstance(event, Note)]
    places = [one["path"] for one in facts if "signature" in one and "path" in one]
    if places:
        return Path(places[-1])
    raise BadUsage(
        Kind.USAGE,
        f"The run {run.name} has made no images yet, so there is nothing to verify.",
        hint=f"noglue generate {run.name} --count 64, or noglue generate {run.name} --verify FILE...",
    )


def must_stand_alone(*others: Any) -> None:
    if any(other is not None for other in others):
        raise BadUsage(
            Kind.USAGE,
            "--verify makes no images: --count, --label, --seed, --out and --device mean nothing with it.",
            hint="noglue generate [RUN] --verify FILE...",
        )


def _is_file(path: Path) -> bool:
    return path.is_file() or (path / PROVENANCE).is_file()
