"""Which of many tables belong together, which split each is, and what else may be meant: every way is a `Match`.

    train.csv  test.csv  sample_submission.csv     one family: splits by name, the submission beside it
    animals.csv  pens.csv  food.csv                three families, three readings
    training_values.csv  training_labels.csv       two families with one key, and a reading that joins them

Names of files tell splits, never that a table is none: a sample submission is known by its rows, which are those of the
test table with a constant where the target should be.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from noglue.tools.readers import _grouping, _joins, _relations
from noglue.tools.readers._declared import Declared
from noglue.tools.readers._grouping import Family, Keys, Rows, Tables
from noglue.tools.readers._splits import in_order, splits_of
from noglue.tools.showing.counted import counted
from noglue.tools.spec.protocols import Match

ANOTHER = "another table, of other columns"
_FEW_LACKING = 3  # columns that rows to predict, in a table by itself, may lack


def matches(
    tables: Tables,
    confidence: Callable[[Path], float],
    keys: Keys,
    rows: Rows,
    said: Declared | None = None,
    size: Callable[[Path], int] | None = None,
) -> list[Match]:
    """Every family, those with a train split and then the largest first; joins of several before their parts.

    said: what the data says of itself. size: of a table, where it is not its file's.
    """
    said = said or Declared()
    tables = {path: tables[path] for path in tables if not said.splits.keys() & tables.keys() or path in said.splits}
    splits = splits_of(sorted(tables))
    if any(said.splits.get(path, "all") != "all" for path in tables):
        splits = {path: said.splits[path] for path in sorted(tables)}
    submissions = [path for path in sorted(tables) if _grouping.is_submission(path, tables, splits)]
    answers = _relations.answers_apart(tables, splits, keys, rows, submissions)
    held = [*submissions, *(one.path for one in answers.values())]
    rest = {path: tables[path] for path in sorted(tables) if path not in held}
    families = [_grouping.family_of(group, tables, submissions, splits) for group in _grouping.groups(rest, splits)]
    size = size or _bytes
    families.sort(key=lambda one: (not one.files.keys() & {"train"}, -sum(map(size, one.paths))))
    join = _joins.joined(families, tables, keys) or _joins.side_by_side(families, tables, rows, keys)
    found = [_match(one, tables, confidence, place) for place, one in enumerate(families)]
    made = [_joins.join_match(join, confidence)] if join is not None else []
    if answers and join is None:
        found = [_answered(one, answers) for one in found]
    elif join is None:
        made = _looked_up(families, found, tables, keys, said)
    named = _by_class(families, found, tables)
    everything = [*made, *_by_split_column(named, tables, keys), *_to_predict(families, found)]
    return [replace(one, ignored=_others(one, tables, submissions)) for one in everything]


def _others(match: Match, tables: Tables, submissions: Sequence[Path]) -> dict[str, str]:
    used = {path for paths in match.files.values() for path in paths}
    return {
        str(path): "a sample of how answers are to be handed in" if path in submissions else ANOTHER
        for path in tables
        if path not in used
    }


def _match(family: Family, tables: Tables, confidence: Callable[[Path], float], place: int) -> Match:
    listed = ", ".join(path.name for path in family.paths[:5])
    header = "with a header" if tables[family.paths[0]].header else "without a header"
    why = f"{listed}: {counted(len(family.names), 'column')}, {header}"
    files = family.files | ({"about": family.about} if family.about else {})
    best = max(confidence(path) for path in family.paths)
    return Match(best * 0.97**place, files, why, labels_from=listed, reading=_grouping.sample_of(family))


def _to_predict(families: Sequence[Family], found: Sequence[Match]) -> list[Match]:
    """A table that lacks a few columns of another may hold rows to predict: `loans.csv`, `applicants.csv`."""
    ways = []
    for family, match in zip(families, found, strict=True):
        for other in families:
            lacking = set(family.names) - set(other.names)
            fits = set(other.names) < set(family.names) and len(other.names) > 1 and len(lacking) <= _FEW_LACKING
            if fits and set(family.files) == set(other.files) == {"all"}:
                files = {"train": family.paths, "unlabelled": other.paths}
                files |= {"about": family.about} if family.about else {}
                names = ", ".join(path.name for path in other.paths)
                why = f"{match.why}; rows to predict in {names}, which lack {', '.join(sorted(lacking))}"
                ways.append(replace(match, confidence=0.9 * match.confidence, files=files, why=why))
    return ways


def _answered(match: Match, answers: Mapping[Path, _relations.Answers]) -> Match:
    """Rows to predict whose answers stand in a table of their own are test rows."""
    files = dict(match.files)
    there = [path for path in files.get("unlabelled", ()) if path in answers]
    ways = {answers[path].key for path in there}
    if not there or len(ways) > 1 or len(there) < len(files["unlabelled"]):
        return match
    beside = [answers[path].path for path in there]
    files["test"] = [*files.pop("unlabelled"), *beside]
    key = ways.pop()
    reading = dict(match.reading) | ({"beside": "rows"} if key is None else {"join": key})
    told = f"the answers to {there[0].name} from {beside[0].name}"
    return replace(match, files=in_order(files), reading=reading, why=f"{match.why}; {told}")


def _looked_up(
    families: Sequence[Family], found: Sequence[Match], tables: Tables, keys: Keys, said: Declared
) -> list[Match]:
    """Tables whose keys name the rows of others, with the columns of these; likelier where these only name codes."""
    ways = []
    for family, match in zip(families, found, strict=True):
        chain = _relations.look_ups(family.paths, tables, keys, said.relations) if len(families) > 1 else []
        if chain:
            beside = [one.path for one in chain]
            files = {split: [*paths, *beside] if split != "about" else paths for split, paths in match.files.items()}
            names = ", ".join(path.name for path in beside)
            why = f"{match.why}; with what {names} say about each row"
            reading = {**match.reading, "join": _relations.joined_by(chain), "looked_up": "yes"}
            labels_from = f"{match.labels_from}, {names}"
            plain = bool(said.relations) or all(_relations.names_codes(one, tables) for one in chain)
            confidence = min(1.0, match.confidence + 0.05) if plain else 0.9 * match.confidence
            ways.append(
                replace(match, confidence=confidence, files=files, why=why, reading=reading, labels_from=labels_from)
            )
    return ways


def _by_split_column(found: Sequence[Match], tables: Tables, keys: Keys) -> list[Match]:
    """The same, and of a table with a column of splits the reading that goes by it, before the plain one."""
    ways: list[Match] = []
    for match in found:
        plain = set(match.files) == {"all"} and not match.reading
        column = _relations.split_column(match.files["all"], tables, keys) if plain else None
        if column is not None:
            why = f"{match.why}; splits by the column {column}"
            ways.append(replace(match, why=why, reading={"split": column}))
        ways.append(match if column is None else replace(match, confidence=0.9 * match.confidence))
    return ways


def _by_class(families: Sequence[Family], found: Sequence[Match], tables: Tables) -> list[Match]:
    """The same, and beside tables of one form each the reading that their names are the classes of their rows."""
    ways: list[Match] = []
    for family, match in zip(families, found, strict=True):
        named = _relations.classes_by_name(family.paths, tables) if set(family.files) == {"all"} else None
        if named is None:
            ways.append(match)
            continue
        why = f"{match.why}; the class of a row by its {named.by}: {', '.join(sorted(set(named.labels.values()))[:5])}"
        way = replace(
            match, why=why, reading={**match.reading, "class": named.by}, labels_from=f"the {named.by}s' names"
        )
        if named.sure:
            ways += [way, replace(match, confidence=0.9 * match.confidence)]
        else:
            ways += [match, replace(way, confidence=0.9 * match.confidence)]
    return ways


def _bytes(path: Path) -> int:
    return path.stat().st_size
