"""Who made a run, and is it as it was made: what `noglue log --verify` says, and what `noglue resume` goes by.

    check(run, key)  →  Verdict(wrong=None, author="you", files=17, changed=[], …)

`you`: the head of the journal carries a MAC of this user's key, and journal, task and plan are the ones that it was
made over. `trusted`: likewise, but somebody else began the run, and this user went on with it. `forged`: the MAC is of
this key, and they are others. `another`: of a key that is not this user's, which nobody else can check. `nobody`: there
is none (no key could be had, an earlier version, or someone took it away).
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from noglue.agent import journal, journal_head, run_files
from noglue.agent.events import Begun, Ended
from noglue.agent.user_key import UserKey
from noglue.tools.spec.errors import ToolError

Author = Literal["you", "trusted", "forged", "another", "nobody"]


@dataclass(frozen=True)
class Verdict:
    """wrong: what is wrong with chain or head, or None. files: how many the last event covers; None where the newest
    session has no end (it goes on, or was killed) or an earlier version wrote it, which covered none.

    changed: which of those are not as they were. expects_key: the journal says that it was signed with this key.
    """

    wrong: str | None
    author: Author
    files: int | None = None
    changed: list[str] = field(default_factory=list)
    expects_key: str = ""

    @property
    def unsigned(self) -> bool:
        """Whether a signature that the journal speaks of is not there."""
        return self.author == "nobody" and bool(self.expects_key)

    @property
    def ok(self) -> bool:
        """Nothing that can be checked here says otherwise; only `author` says whether that is worth anything."""
        return self.wrong is None and not self.changed and self.author != "forged" and not self.unsigned


def check(run: Path, key: UserKey | None) -> Verdict:
    """Raises DataError `unsafe-path` for a journal that is no plain file."""
    wrong = journal.verify(run)
    ended, expects = None, ""
    if wrong is None or wrong in (journal.CUT_OFF, journal.PARTIAL_LINE):
        for event in journal.events(run):
            ended = event if isinstance(event, Ended) else None if isinstance(event, Begun) else ended
            expects = event.key if isinstance(event, Begun) else expects
    covered = None if ended is None else ended.files
    changed = [] if covered is None else run_files.changed(run, covered)
    return Verdict(wrong, author(run, key), None if covered is None else len(covered), changed, expects)


def author(run: Path, key: UserKey | None) -> Author:
    """See the module. Never raises: a run whose files can't be looked at safely is nobody's."""
    try:
        head = journal_head.load(run)
        if not head.mac:
            return "nobody"
        if key is None or head.key_id != key.id:
            return "another"
        genuine = head.signed_with(key) and head.fits_files(run)
        if not genuine or journal.verify(run, after_a_kill=True) is not None:
            return "forged"
        return "trusted" if head.foreign else "you"
    except (OSError, ValueError, ToolError):
        return "nobody"
