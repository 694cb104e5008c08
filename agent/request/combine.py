"""Rules and encoder, each with its say, weighed into one task.

A rule's words add to a choice's score; the encoder's head adds the logarithm of its probability. Where both name the
same choice the confidence is high, where they differ it is lower, and where nothing stands out the field stays None.
"""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from noglue.agent.request import families, kinds, leftover, measures, real_vs_fake, sources, target_words, wishes, words
from noglue.agent.request.heard import Heard
from noglue.agent.request.kinds.forecasting import AHEAD
from noglue.agent.request.marks import GAP, Mark, masked
from noglue.agent.request.names import Known, key
from noglue.agent.request.wish import Wish
from noglue.agent.task import Constraints, GoalName, ModalityName, Task
from noglue.tools.pretrained.sentences import Encoder
from noglue.tools.spec import catalogue, goals, modalities
from noglue.tools.spec.errors import Kind, TaskUnclear

READ = "English, German, French and Spanish"
HINT = (
    'Say what to learn and from which data, for example: "predict the price from houses.csv", '
    '"classify the photos in ./flowers/", or "make new digits like those of mnist". '
    f"{READ} are read."
)
_SURE, _LIKELY, _FAMILY, _LISTED = 2.0, 1.5, 4.0, 2.0
_SAID = ("target", "background", "derive", "goal", "where")  # words that speak of the task itself
_OF_LEARNING = ("test", "folds", "exclude", "only", "metric_unknown", "target", "compare", "avoid", "top", "at_least")
_ERRANDS = ("translate", "summarise", "chat", "recommend", "caption")  # what people also ask an assistant for
_LEAST, _ALONE = 0.45, 0.5  # least shares for a choice: with rules, and of the encoder alone
_ALONE_NEW = 0.8  # of the encoder alone, for making what nobody asked in words to be made


@dataclass(frozen=True)
class Decided:
    """One axis: the choice (None: open), 0…1, the words or the reason, and whether the encoder alone says so."""

    choice: str | None
    confidence: float
    evidence: str
    by_likeness: bool = False


@dataclass
class Reader:
    """Reads paragraphs with the names it knows and, unless None, an encoder.

    missing: why there is no encoder, for the evidence. rules: off only to measure the encoder alone.
    """

    names: Mapping[str, Known]
    encoder: Encoder | None
    missing: str = ""
    rules: bool = True

    def read(self, paragraph: str, data: list[str], constraints: Constraints) -> Task:
        """The task of a paragraph. Raises TaskUnclear. Flags (`data`, `constraints`) win over words."""
        found = sources.find(paragraph, self.names)
        heard = Heard.of(paragraph, found)
        marks = self._marks(heard)
        limited = [mark for mark in marks if mark.kind in wishes.LIMITS and mark.kind not in constraints]
        measured = [mark for mark in marks if mark.kind == "metric"][:1]
        places = data or list(dict.fromkeys(mark.value for mark in found))
        sentence = masked(paragraph, [mark for mark in [*found, *marks] if mark.kind not in _SAID], keep_words=True)
        sentence = sentence.replace(GAP, " ")
        opinion = self._encoded(sentence)
        outright = [mark for mark in marks if mark.kind == "goal"]
        stated = next((mark for mark in outright if mark.value in goals.names()), None)
        other = next((mark for mark in outright if mark.value not in (AHEAD, *goals.names())), None)
        beyond = other if stated is None else None
        there = any(_weight_of_place(place) > 1 for place in places)
        if stated is None and (beyond is None or (not there and beyond.value in _ERRANDS)):
            speaking = [*measured, *(mark for mark in marks if mark.kind in _OF_LEARNING)]
            self._refuse(paragraph, sentence, places, speaking, opinion.get("goal", {}))

        hints = self._hints(places, measured, limited, sentence)
        real_or_made = real_vs_fake.find(sentence) if self.rules else None
        if real_or_made:
            limited = [mark for mark in limited if not _only_generates(mark)]  # whose images are to be told, that is
        if stated:
            goal = Decided(stated.value, 0.95, f'"{stated.words}"')
        elif beyond:
            goal = Decided(None, 0.0, f'"{beyond.words}" asks to {beyond.value}')
        elif real_or_made:
            goal = Decided("classify", 0.9, real_or_made)
        else:
            goal = self._decide("goal", sentence, hints["goal"], opinion)
        limited += wishes.made(heard) if goals.makes_new(goal.choice) else []
        modality = self._modality(sentence, hints["modality"], opinion, goal, places)
        wanted = None if beyond else target_words.wanted(heard, masked(paragraph, [*found, *heard.marks]), goal.choice)
        flagged = wishes.of_flags(data, constraints)
        rest = leftover.judged(heard, _explained(sentence, wanted), flagged, self.encoder is not None)
        heard.take(rest.wishes)
        limited += [mark for mark in rest.wishes if mark.kind in wishes.LIMITS and mark.kind not in constraints]
        measured = measured or [mark for mark in rest.wishes if mark.kind == "metric"][:1]
        asked = wishes.of_words(heard, goal.choice, wanted)
        task = Task(
            paragraph=paragraph,
            sources=places,
            constraints=wishes.limits_of(limited, asked) | constraints,
            wishes=wishes.joined(asked, flagged),
            unread=rest.unread,
        )
        task.goal = goal.choice if goal.choice in goals.names() else None
        task.modality = modality.choice if modality.choice in modalities.names() else None
        self._note(task, "goal", goal)
        self._note(task, "modality", modality)
        self._note_target(task, wanted, asked)
        self._note_measure(task, measured, constraints)
        self._note_limits(task, limited, marks, constraints)
        if places:
            self._note(task, "sources", _places_told(data, places))
        return task

    def _marks(self, heard: Heard) -> list[Mark]:
        """The words that state a wish, less those of a goal or a time that are likelier to mean something else here."""
        marks = kinds.find(heard)
        doubtful = [one for one in marks if one.kind in ("goal", "budget_seconds")]
        for mark in doubtful if self.encoder is not None else []:
            if leftover.is_another(mark, heard):
                heard.give_back(mark)
                marks.remove(mark)
        return marks

    def _modality(
        self,
        sentence: str,
        hints: dict[str, tuple[float, str]],
        opinion: dict[str, dict[str, float]],
        goal: Decided,
        places: list[str],
    ) -> Decided:
        """Where no word says it, files at hand do; and a wrong guess would end a run that the data could decide."""
        modality = self._decide("modality", sentence, hints, opinion)
        no_family = goals.makes_new(goal.choice) and not _can_be_made(goal.choice, modality.choice)
        if modality.by_likeness and (no_family or any("://" not in place for place in places)):
            return Decided(None, 0.0, f"left to the data ({modality.evidence})")
        return modality

    def _note_measure(self, task: Task, measured: list[Mark], constraints: Constraints) -> None:
        task.metric = constraints.metric
        for mark in measured if task.metric is None else []:
            task.metric = mark.value
            self._note(task, "metric", Decided(None, 0.95, f'"{mark.words}"'))

    def _note_limits(self, task: Task, limited: list[Mark], marks: list[Mark], constraints: Constraints) -> None:
        for mark in limited:
            if mark.kind not in constraints:
                self._note(task, mark.kind, Decided(None, 0.9, f'"{mark.words}"'))
        for mark in marks:
            if mark.kind == "family_unknown" and task.constraints.family is None:
                self._note(task, "family", Decided(None, 0.9, f'"{mark.words}" is not among the model families here'))
        for name in constraints.stated():
            self._note(task, name, Decided(None, 1.0, "stated by a flag"))

    def _note_target(self, task: Task, wanted: "target_words.Target | None", asked: list[Wish]) -> None:
        """The first target's words; a place, and several, are left to whoever knows the data."""
        first = next((wish for wish in task.wishes if wish.kind == "target"), None)
        if first is None:
            return
        place = first.value.get("place", 0)
        words = (
            first.value.get("words")
            or (f"column {place}" if place > 0 else None)
            or next(iter(first.value.get("columns", [])), None)
        )
        others = [wish.value["words"] for wish in task.wishes if wish.kind == "target" and "words" in wish.value]
        task.target = list(dict.fromkeys(others)) if len(set(others)) > 1 and words is not None else words
        sure = first.value.get("exact") or wanted is None or wanted.named
        rule = wanted.rule if wanted and wanted.words == words else "named in the task"
        self._note(task, "target", Decided(None, 0.95 if sure else 0.7, f'{rule}: "{words or first.text}"'))

    def _encoded(self, sentence: str) -> dict[str, dict[str, float]]:
        """Axis → choice → probability, or nothing without an encoder."""
        if self.encoder is None or not sentence.strip():
            return {}
        from noglue.agent.request import head

        vector = self.encoder.encode([" ".join(sentence.split())])[0]
        return {axis: head.probabilities(axis, vector) for axis in ("goal", "modality")}

    def _refuse(
        self, paragraph: str, sentence: str, places: list[str], measured: list[Mark], opinion: dict[str, float]
    ) -> None:
        """Raises TaskUnclear for greetings, errands, poems, code, and for nothing at all."""
        if not paragraph.strip() and not places:
            raise TaskUnclear(Kind.EMPTY, "The paragraph is empty.", hint=HINT)
        if not self.rules:
            if opinion.get("other", 0.0) > 0.5:
                raise TaskUnclear(
                    Kind.NOT_A_TASK, f'"{paragraph}" does not ask for anything to be learned from data.', hint=HINT
                )
            return
        talk = {name: score.weight for name, score in words.scores("talk", sentence).items()}
        aims = [score.weight for score in words.scores("goal", sentence).values()]
        kinds = [score.weight for score in words.scores("modality", sentence).values()]
        speaks_for = (
            2.0 * len(measured)
            + min(talk.get("learning", 0.0), 4.0)
            + min(max(aims, default=0.0), 3.0) * (0.8 if max(aims, default=0.0) >= _SURE else 0.5)
        )
        speaks_for += min(max(kinds, default=0.0), 2.0) * 0.5 + max(map(_weight_of_place, places), default=0.0)
        speaks_for += _LISTED if target_words.lists_what_is_known(sentence) else 0.0
        other = opinion.get("other", 0.3)
        speaks_against = math.log(max(other, 1e-4) / max(1 - other, 1e-4)) + 1.5 * talk.get("other", 0.0)
        wanted = max((opinion.get(goal, 0.0) for goal in goals.names()), default=0.0)
        errand = talk.get("other", 0.0) >= _SURE and speaks_for < _SURE + 1.0 and "learning" not in talk
        if errand or speaks_against > speaks_for - 0.5 or (speaks_for == 0 and wanted < 0.9):
            if _in_another_script(paragraph):
                raise TaskUnclear(
                    Kind.LANGUAGE,
                    f'"{_short(paragraph)}" is in a language that noglue does not read; it reads {READ}.',
                    hint="Say it in one of these, or name a language model that reads it with --model.",
                )
            raise TaskUnclear(
                Kind.NOT_A_TASK, f'"{_short(paragraph)}" does not ask for anything to be learned from data.', hint=HINT
            )

    def _hints(
        self, places: list[str], measured: list[Mark], limited: list[Mark], sentence: str
    ) -> dict[str, dict[str, tuple[float, str]]]:
        """Axis → choice → (weight, reason), from names, file endings, the measure, the limits and the kind of model."""
        hints: dict[str, dict[str, tuple[float, str]]] = {"goal": {}, "modality": {}}
        if not self.rules:
            return hints
        asked = [score for goal, score in words.scores("goal", sentence).items() if goals.makes_new(goal)]
        usual = all(
            score.weight < _SURE for score in asked
        )  # what is usually learned of a data set says nothing otherwise
        for place in places:
            known = self.names.get(key(place))
            if known and known.goal and usual:
                hints["goal"][known.goal] = (_LIKELY, f"{place} is known")
            if known and known.modality:
                hints["modality"][known.modality] = (5.0, f"{place} is known")
            ending = sources.extension(place.rsplit("/", 1)[-1]) if not known else None
            if ending:
                hints["modality"][ending] = (_LIKELY if modalities.load(ending).cells else 3.0, place)
        for mark in measured:
            hints["goal"][measures.goal_of(mark.value)] = (_SURE, mark.words)
        for mark in limited:
            if mark.kind in ("labels", "labels_per_class", "attack"):
                hints["goal"].setdefault("classify", (_SURE, mark.words))
            if mark.kind == "family":
                does, kinds = _only(families.abilities(mark.value))
                hints["goal"] |= dict.fromkeys(does, (_FAMILY, mark.words))
                hints["modality"] |= dict.fromkeys(kinds, (_FAMILY, mark.words))
        return hints

    def _decide(
        self, axis: str, sentence: str, hints: dict[str, tuple[float, str]], opinion: dict[str, dict[str, float]]
    ) -> Decided:
        scores = words.scores(axis, sentence) if self.rules else {}
        ruled = {choice: min(score.weight, 4.0) for choice, score in scores.items()}
        reasons = {choice: list(score.words) for choice, score in scores.items()}
        for choice, (weight, reason) in hints.items():
            ruled[choice] = ruled.get(choice, 0.0) + weight
            reasons.setdefault(choice, []).append(reason)
        by_rules = max((name for name in ruled if ruled[name] > 0), key=lambda choice: ruled[choice], default=None)
        head = opinion.get(axis, {})
        learnt = {choice: share for choice, share in head.items() if choice != "other"}
        if not learnt:
            return self._by_rules(by_rules, ruled, reasons)
        by_encoder = max(learnt, key=lambda choice: learnt[choice])
        # What the encoder was never shown it can't speak against: words decide as if it were of their opinion.
        learnt |= {choice: learnt[by_encoder] for choice in ruled if choice not in learnt}
        total = {choice: 0.6 * math.log(share + 0.01) + ruled.get(choice, 0.0) for choice, share in learnt.items()}
        best = max(total, key=lambda choice: total[choice])
        share = 1.0 / sum(math.exp(value - total[best]) for value in total.values())
        said = f"encoder: {by_encoder} {learnt[by_encoder]:.2f}"
        if best == "open" and by_rules == "table":
            return Decided("table", 0.6, f"{', '.join(reasons['table'][:4])}; {said}")
        least = _ALONE_NEW if axis == "goal" and by_encoder in goals.names() and goals.makes_new(by_encoder) else _ALONE
        if by_rules is None and by_encoder != "open" and learnt[by_encoder] >= least:
            return Decided(by_encoder, min(learnt[by_encoder], 0.8), said, by_likeness=True)
        if by_rules is None or best == "open" or share < _LEAST:
            return Decided(None, 0.0, f"left to the data ({said})")
        evidence = f"{', '.join(reasons.get(best, [])[:4]) or 'no word of it'}; {said}"
        return Decided(best, max(share, 0.9) if by_rules == by_encoder else min(share, 0.65), evidence)

    def _by_rules(self, best: str | None, ruled: dict[str, float], reasons: dict[str, list[str]]) -> Decided:
        """Without the encoder: the words alone, a tie leaves it to the data, and the confidence is lower."""
        why = f"words alone ({self.missing})" if self.missing else "words alone"
        if best is None or sorted(ruled.values())[-2:].count(ruled[best]) > 1:
            return Decided(None, 0.0, f"left to the data; {why}")
        return Decided(best, 0.6 if ruled[best] >= _SURE else 0.45, f"{', '.join(reasons[best][:4])}; {why}")

    @staticmethod
    def _note(task: Task, field: str, decided: Decided) -> None:
        task.confidence[field] = round(decided.confidence, 2)
        task.evidence[field] = decided.evidence
        if decided.by_likeness:
            task.by_likeness.add(field)


def _weight_of_place(place: str) -> float:
    """How much a source shows that there is data to learn from: a web page alone shows little."""
    if "://" in place and sources.extension(place.rsplit("/", 1)[-1]) is None:
        return 1.0
    return 6.0


def _only(able: set[tuple[GoalName, ModalityName]]) -> tuple[set[GoalName], set[ModalityName]]:
    """The goal and the modality that a kind of model has, each where it is the only one; no kind of table."""
    does, kinds = {goal for goal, _ in able}, {kind for _, kind in able}
    alone = {kind for kind in kinds if len(kinds) == 1 and modalities.load(kind).content}
    return (does if len(does) == 1 else set()), alone


def _can_be_made(goal: str | None, modality: str | None) -> bool:
    """Whether some family generates such data."""
    names = catalogue.names("noglue.tools.models")
    return any((goal, modality) in families.abilities(name) for name in names)


def _only_generates(mark: Mark) -> bool:
    makes = [goals.makes_new(goal) for goal, _ in families.abilities(mark.value)] if mark.kind == "family" else []
    return bool(makes) and all(makes)


def _in_another_script(paragraph: str) -> bool:
    """Japanese, Russian, Arabic, …: most letters are no Latin ones."""
    letters = [letter for letter in paragraph if letter.isalpha()]
    latin = sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return latin < len(letters) / 2


def _short(paragraph: str) -> str:
    words = " ".join(paragraph.split())
    return words if len(words) <= 80 else words[:77] + "…"


def _places_told(data: list[str], places: list[str]) -> Decided:
    return Decided(None, 1.0, "stated by --data") if data else Decided(None, 0.9, ", ".join(f'"{p}"' for p in places))


def _explained(sentence: str, wanted: "target_words.Target | None") -> list[str]:
    """The words that say what is to be learned: a clause that holds them is understood."""
    said = [found for score in words.scores("goal", sentence).values() for found in score.words if len(found) > 5]
    spoken = [match[0] for match in re.finditer(r"\w[\w' ]*", sentence) if match[0].lower() in said]
    return [*([wanted.words] if wanted else []), *said, *(word.capitalize() for word in said), *spoken]
