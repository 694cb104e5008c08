"""What the flags of `noglue run` and `plan` ask of the data, as a task's constraints.

>>> constraints(RunConfig(target=["price"], exclude=["id"], test="1/4")).stated()
{'target': ['price'], 'exclude': ['id'], 'test_fraction': 0.25}

Names of columns and classes stand as they were given, and are compared with the data once it is known; measures and
families are known beforehand, so that a name that nothing here has is refused at once.
"""

import difflib
import re
from collections.abc import Mapping
from typing import Any

from noglue.agent.config import settings
from noglue.agent.config.run_config import RunConfig
from noglue.agent.task import Constraints
from noglue.tools.showing.offering import did_you_mean
from noglue.tools.spec.errors import BadUsage, Kind

MOST_TEST = 0.9  # of the rows: what is left must suffice to learn from
_SHARE = re.compile(r"([-+]?\d*[.,]?\d+)\s*(?:(%|percent)|/\s*(\d+))?", re.IGNORECASE)


def constraints(config: RunConfig) -> Constraints:
    """Those that were stated: `target`, `exclude`, `only` (lists), `metric`, `group`, `time`, `positive`, `family`, and
    of `test` either `test_fraction` (0…0.9) or `test_file` (a path as it was given).

    Raises BadUsage for an empty name, an unknown measure or family, a share that leaves nothing to learn from or to
    test on, a test file that is not there, and columns that are wanted and ruled out at once.
    """
    stated: dict[str, Any] = {}
    for name in ("target", "exclude", "only", "metric", "group", "time", "positive", "family"):
        value = getattr(config, name)
        if isinstance(value, list):
            value = list(dict.fromkeys(value))  # each once, in the order given
        if value in (None, []):
            continue
        if not all(one.strip() for one in ([value] if isinstance(value, str) else value)):
            raise BadUsage(Kind.USAGE, f"--{name} names nothing.", hint="Is a variable of the shell empty?")
        stated[name] = value
    _must_agree(stated)
    if config.metric is not None:
        stated["metric"] = measure(config.metric)
    if config.family is not None:
        stated["family"] = _family(config.family)
    return Constraints(**stated | (_test(config.test) if config.test is not None else {}))


def limits(config: RunConfig) -> Constraints:
    """What bounds the run: `budget_seconds`, `device`, `seed`, `fail_under` of its constraints. Raises BadUsage."""
    from noglue.agent import fail_under

    budget = settings.seconds(config.budget) if config.budget else None
    thresholds = fail_under.asked(config.fail_under or []) or None
    return Constraints(budget_seconds=budget, device=config.device, seed=config.seed, fail_under=thresholds)


def with_test_file(given: str | None, sources: list[str]) -> list[str]:
    """The sources with the file of `--test` among them, unless it lies in one of them."""
    from noglue.tools.files import named_files

    if given is None:
        return sources
    place = named_files.located(given)
    there = [named_files.located(source) for source in sources if "://" not in source]
    return sources if any(place == one or one in place.parents for one in there) else [*sources, given]


def _must_agree(stated: Mapping[str, Any]) -> None:
    """Raises BadUsage where a column is to be used and left out."""
    out = set(stated.get("exclude", []))
    for name in ("target", "only"):
        if both := sorted(out.intersection(stated.get(name, []))):
            raise BadUsage(Kind.USAGE, f"--exclude and --{name} name the same column: {', '.join(both)}.",
                           hint="Leave one of them out.")  # fmt: skip


def _test(given: str) -> dict[str, Any]:
    from noglue.tools.files import named_files

    share = _fraction(given)
    if share is None:
        if named_files.located(given).is_file():
            return {"test_file": given}
        raise BadUsage(Kind.TEST, f"--test takes a share of the rows or a file; {given!r} is neither.",
                       hint="Write 0.25, 25% or 1/4, or the path of a file that is there.")  # fmt: skip
    if not 0 < share < MOST_TEST:
        raise BadUsage(Kind.TEST, f"--test {given} leaves too little to learn from or nothing to test on.",
                       hint=f"It is more than 0 and less than {MOST_TEST:.0%}: write 0.25, 25% or 1/4.")  # fmt: skip
    return {"test_fraction": share}


def _fraction(text: str) -> float | None:
    """`25%`, `0.25`, `0,25`, `1/4` → 0.25; None for what is no number."""
    match = _SHARE.fullmatch(text.strip())
    if match is None:
        return None
    number = float(match[1].replace(",", "."))
    if match[3]:
        return number / int(match[3]) if int(match[3]) else 0.0
    return number / 100 if match[2] else number


def measure(given: str, flag: str = "metric") -> str:
    """The module of `tools/metrics/` that people call so. Raises BadUsage, which names the flag."""
    from noglue.agent.request import measures
    from noglue.tools.spec import catalogue

    modules = catalogue.names("noglue.tools.metrics")
    called = {alias: name for alias, (name, _) in measures.aliases().items()} | {name: name for name in modules}
    return _known(given, called, flag, "measure")


def _family(given: str) -> str:
    """The module of `tools/models/` that people call so. Raises BadUsage."""
    from noglue.agent.request import families

    return _known(given, families.aliases(), "family", "model family")


def _known(given: str, called: Mapping[str, str], flag: str, what: str) -> str:
    """What goes by that name, whatever its case, blanks and hyphens. Raises BadUsage with near names, and all."""
    plain = {_plain(alias): name for alias, name in called.items()}
    if _plain(given) in plain:
        return plain[_plain(given)]
    near = difflib.get_close_matches(_plain(given), plain, n=8, cutoff=0.7)
    meant = list(dict.fromkeys(plain[alias] for alias in near))[:3]
    ask = f"{did_you_mean(meant)} " if meant else ""
    listed = ", ".join(sorted(set(called.values())))
    raise BadUsage(Kind(flag), f"--{flag}: there is no {what} {given!r}.", hint=f"{ask}There are: {listed}.")


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()
