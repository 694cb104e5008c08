"""What `noglue log` prints: the events of a run's journal, or whether all is as it was written."""

from noglue.agent import authorship, journal, user_key
from noglue.agent.authorship import Verdict
from noglue.agent.run_folder import RunFolder
from noglue.agent.ui import verdict_words
from noglue.agent.ui.printing import print_json, say


def log(found: RunFolder, verify: bool, as_json: bool, verbose: bool) -> int:
    """`noglue log`: the events, or with --verify whether all is as it was written (exit 5 when not)."""
    if verify:
        return _verified(found, authorship.check(found.path, user_key.existing().key), as_json)
    events = list(journal.read(found.path))
    if as_json:
        print_json({"run": found.name, "events": events})
        return 0
    for event in events:
        hidden = {"n", "time", "event", "step", "previous", "hash", "files"}
        hidden |= set() if verbose else {"task", "steps", "error"}
        rest = " ".join(f"{name}={value}" for name, value in event.items() if name not in hidden)
        problem = event.get("error")
        trouble = problem.get("message", "") if isinstance(problem, dict) else ""
        time, kind, step = (str(event.get(name, "")) for name in ("time", "event", "step"))
        say(f"{time[11:19]}  {kind:9} {step:10} {trouble or rest}")
    return 0


def _verified(found: RunFolder, verdict: Verdict, as_json: bool) -> int:
    if as_json:
        facts = {"author": verdict.author, "files": verdict.files, "changed": verdict.changed}
        message = {"message": verdict_words.found(verdict), "extent": verdict_words.extent(verdict)}
        print_json({"run": found.name, "ok": verdict.ok, **message, **facts})
    else:
        say(f"{found.name}: {verdict_words.found(verdict)}\n{verdict_words.extent(verdict)}")
    return 0 if verdict.ok else 5
