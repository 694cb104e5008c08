"""What `noglue log --verify` says: what was found, and how far the check reaches."""

from noglue.agent.authorship import Author, Verdict

MOST_NAMED = 10
AUTHORS: dict[Author, str] = {  # where nothing is wrong
    "you": "every line is as it was written, by this user's noglue",
    "trusted": "every line since you took the run over is as this user's noglue wrote it; what came before may be "
    "anyone's",
    "another": "every line fits the others, and is signed with a key that is not this user's: whether it is as it was "
    "written, only that key's owner can tell",
    "nobody": "every line fits the others, and no key signs them: whoever made or rewrote the run could have "
    "written anything",
    "forged": "",
}


def found(verdict: Verdict) -> str:
    """What is wrong, else whose word it is that nothing is."""
    wrong = [verdict.wrong] if verdict.wrong is not None else []
    wrong += verdict.changed[:MOST_NAMED]
    if len(verdict.changed) > MOST_NAMED:
        wrong.append(f"and {len(verdict.changed) - MOST_NAMED} more")
    if verdict.author == "forged":
        wrong.append("its head is signed with your key for another journal, task or plan than these")
    if verdict.unsigned:
        wrong.append("the journal says that it was signed, but the signature is missing")
    return "; ".join(wrong) or AUTHORS[verdict.author]


def extent(verdict: Verdict) -> str:
    """Which files the journal speaks for."""
    if verdict.files is None:
        return "not covered: model, predictions, report, run.json, as no end of the newest session holds their hashes"
    return (
        f"covered: {verdict.files} files (run.json, task, plan, report, predictions, samples, model); "
        "not covered: the prepared data and the steps' own folders"
    )
