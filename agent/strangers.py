"""A run that this user's noglue did not make, as far as can be told: consent to go on, and what it then may not.

Its plan, its task and the results of its steps may be written by anyone. With a word of consent (`--trust`, or at the
terminal) the steps run in the sandbox as all do, and reach no private address, nothing outside the run folder, and
nothing inside it through a link.
"""

from pathlib import Path
from typing import Any

from noglue.agent.authorship import Author
from noglue.agent.plan import PlannedStep
from noglue.agent.run_folder import RunFolder
from noglue.agent.ui.terminal import Terminal
from noglue.agent.user_key import Found
from noglue.tools.files import beneath
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import BadUsage, DataError, Kind, StepFailed

WHY: dict[Author, str] = {
    "you": "",
    "trusted": "",
    "forged": "its journal, task or plan were changed since this user's noglue wrote them",
    "another": "it is signed with a key that is not this user's",
    "nobody": "nothing in it is signed with this user's key",
}
LIMITS = "Its steps then run in the sandbox, with no private address and no file outside its folder."
BUILTIN = "builtin:"


def must_consent(run: RunFolder, author: Author, found: Found, trusted: bool, terminal: Terminal) -> None:
    """Raises BadUsage `strangers-run` where nobody says that the run may be gone on with."""
    if trusted or author in ("you", "trusted"):
        return
    why = WHY[author] + (f" ({found.why})" if found.why else "")
    if terminal.may_ask:
        question = f"Nothing shows that you made {run.name}: {why}. {LIMITS} Go on with it?"
        if terminal.agrees(question):
            return
    raise BadUsage(
        Kind.STRANGERS_RUN,
        f"Nothing shows that you made the run {run.name}: {why}. Resuming would carry out its plan.",
        hint=f"If you trust whoever made it, add --trust. {LIMITS}",
    )


class Fence:
    """What the steps of such a run may be shown: called with each before it runs."""

    def __init__(self, run: RunFolder, allowed: tuple[str, ...] = ()) -> None:
        """allowed: files of this user's own settings, as the weights that generators are judged with."""
        self._run, self._allowed = run.path, allowed

    def __call__(self, step: PlannedStep, args: dict[str, Any]) -> None:
        """Raises DataError `unsafe-path`; StepFailed `plan` for arguments that the tool can't take."""
        try:
            reads = catalogue.load("noglue.tools", step.tool).Args.model_validate(args).reads()
        except ValueError as error:
            raise StepFailed(Kind.PLAN, f"The plan gives {step.tool} arguments it can't take.") from error
        for place in reads:
            if place not in self._allowed and not place.startswith(BUILTIN) and not self._inside(place):
                raise DataError(
                    Kind.UNSAFE_PATH,
                    f"{step.id} asks for {beneath.shown(place)[:200]}, which is not inside the run folder; a run that "
                    f"you did not make gets nothing else.",
                    hint="Begin a run of your own with `noglue run` and --data.",
                )

    def _inside(self, place: str) -> bool:
        """Also false for a path on whose way there is a link, and for one that is not there."""
        name = place.rstrip("/")
        if Path(name).is_absolute():
            if not Path(name).is_relative_to(self._run):
                return False
            name = str(Path(name).relative_to(self._run))
        try:
            found = beneath.there(self._run, name)
        except (OSError, DataError):
            return False
        if found is None:
            raise DataError(Kind.NOT_FOUND, f"There is no {beneath.shown(place)[:200]} in the run folder.")
        return not beneath.is_link(found)
