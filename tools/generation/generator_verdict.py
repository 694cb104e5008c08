"""Is a generator better than the simple one? Said in words, with what a careful reader would ask.

>>> verdict(main, scores, rivals, generation, alarms=[])[1]
'Better than a Gaussian of the pixels: FD-own 4.100 (3.900 to 4.400) on 10,000 samples against the test rows; real
training rows get 1.200, a Gaussian of the pixels 35.000. Coverage 91.0 % (90.4–91.6 %).'
"""

from noglue.tools import metrics
from noglue.tools.evaluation.generation_findings import Generation, Memorization
from noglue.tools.evaluation.scores import Rival, Score
from noglue.tools.evaluation.verdict import Outcome, Verdict, side
from noglue.tools.evaluation.wording import listing, score_text, value_text
from noglue.tools.metrics import Metric
from noglue.tools.spec.errors import Kind, StepFailed
from noglue.tools.spec.profiles import DataWarning

ALSO = ("coverage", "sample_precision", "class_conditional_accuracy")  # said beside the main measure
FEW_ROWS, FEW_SAMPLES = 500, 1_000
WEAK_JUDGE, WEAK_CLASS, LEAST_SHARE = 0.7, 0.5, 0.5
LEAST_ASKED, FEWEST_EXPECTED = 10, 20


def main_metric(asked: str | None, scores: dict[str, Score]) -> tuple[Metric, list[DataWarning]]:
    """The measure that was asked for where it has a value here, else FID or its like, saying so."""
    usual = next((name for name in ("fid", "fd_own", "kd_own", "coverage") if name in scores), None)
    if usual is None:
        raise StepFailed(
            Kind.NO_SCORE,
            "The samples can't be scored: no measure tells noise from these data.",
            hint="The generator is there, in model/; look at its samples yourself.",
        )
    if asked is None or asked in scores:
        return metrics.load(asked or usual), []
    message = f"The measure asked for, {asked}, has no value here; {', '.join(scores)} do."
    if asked in ("fid", "kid", "inception_score"):
        message = f"{metrics.load(asked).title} needs the Inception network, which is not available here."
    return metrics.load(usual), [DataWarning(kind="metric", message=f"{message} {metrics.load(usual).title} decides.")]


def difference(main: Metric, ours: dict[str, Score], theirs: dict[str, Score]) -> Score | None:
    """Our score less theirs; the interval from both (Zou & Donner 2008, https://doi.org/10.1002/sim.3095).

    The two share the test rows, which this leaves out of account: the interval is rather too wide than too narrow.
    """
    if main.name not in ours or main.name not in theirs:
        return None
    a, b = ours[main.name], theirs[main.name]
    value = a.value - b.value
    below = ((a.value - a.low) ** 2 + (b.high - b.value) ** 2) ** 0.5
    above = ((a.high - a.value) ** 2 + (b.value - b.low) ** 2) ** 0.5
    return Score(value=value, low=value - below, high=value + above, n=min(a.n, b.n))


def verdict(
    main: Metric, scores: dict[str, Score], rivals: list[Rival], generation: Generation, alarms: list[str]
) -> Verdict:
    """The outcome and one short paragraph. scores: against the test rows."""
    beside, apart = [], main.against_train
    if main.name in generation.reference:
        beside.append(
            f"real {'test' if apart else 'training'} rows get {value_text(main, generation.reference[main.name].value)}"
        )
    beside += [f"{other.title} {value_text(main, other.metrics[main.name].value)}" for other in _scored(main, rivals)]
    text = f"{main.title} {score_text(main, scores[main.name])} on {generation.samples:,} samples against the "
    text += "training rows" if apart else "test rows"
    text += f"; {', '.join(beside)}." if beside else "."
    also = [f"{_title(name)} {score_text(metrics.load(name), scores[name])}." for name in ALSO if name in scores]
    lies = side(main, rivals[0].difference) if rivals else "open"
    outcome: Outcome = "no-better" if lies == "open" else lies
    return outcome, " ".join([_opening(outcome, rivals) + text, *also, *_reservations(generation.memorization, alarms)])


def _scored(main: Metric, rivals: list[Rival]) -> list[Rival]:
    return [rival for rival in rivals if main.name in rival.metrics]


def _title(name: str) -> str:
    title = metrics.load(name).title
    return title[:1].upper() + title[1:]


def _opening(outcome: str, rivals: list[Rival]) -> str:
    if not rivals:
        return "No simpler model was trained to compare it with: "
    words = {"better": "Better than", "worse": "Worse than", "no-better": "No better than"}
    return f"{words[outcome]} {rivals[0].title}: "


def _reservations(memory: Memorization | None, alarms: list[str]) -> list[str]:
    said = []
    if memory is not None and memory.flagged:
        said.append("But its samples are too close to the training data to be called new.")
    if alarms:
        times = "once" if len(alarms) == 1 else f"{len(alarms)} times"
        said.append(f"Training raised an alarm {times}: {alarms[-1].rstrip('.')}.")
    return said


def suspicions(generation: Generation, test_rows: int, train_rows: int) -> list[DataWarning]:
    """Warnings that come with the scores, most serious first."""
    said = []
    if generation.memorization is not None and generation.memorization.flagged:
        said.append(DataWarning(kind="memorization", message=generation.memorization.message))
    if test_rows < FEW_ROWS:
        message = f"Only {test_rows:,} test rows: the scores are rough, and distances come out too large for few rows. "
        message += "Compare them with those of real rows."
        said.append(DataWarning(kind="few-test-rows", message=message, count=test_rows))
    if generation.samples < FEW_SAMPLES:
        message = f"Only {generation.samples:,} samples were drawn: the scores are rough."
        said.append(DataWarning(kind="few-samples", message=message, count=generation.samples))
    if train_rows < generation.samples and generation.reference:
        message = (
            f"The scores of real rows come from {train_rows:,} rows, fewer than the {generation.samples:,} samples."
        )
        said.append(DataWarning(kind="few-real-rows", message=message, count=train_rows))
    return said + _of_classes(generation)


def _of_classes(generation: Generation) -> list[DataWarning]:
    accuracy = generation.judge_accuracy
    if accuracy is not None and accuracy < WEAK_JUDGE:
        message = f"The judge itself is right on only {100 * accuracy:.0f} % of the test rows: "
        return [DataWarning(kind="weak-judge", message=message + "what it says about classes means little.")]
    said = []
    unseen = [c.name for c in generation.classes if c.asked >= LEAST_ASKED and c.recognised < WEAK_CLASS * c.asked]
    often = [c for c in generation.classes if c.data * generation.samples >= FEWEST_EXPECTED]
    rare = [c.name for c in often if c.generated < LEAST_SHARE * c.data]
    if unseen:
        message = f"Asked for {listing(unseen)}, it mostly gives what the judge takes for something else."
        said.append(DataWarning(kind="weak-classes", message=message, count=len(unseen)))
    if rare:
        message = f"Less than half as frequent among the samples as in the data: {listing(rare)}."
        said.append(DataWarning(kind="rare-in-samples", message=message, count=len(rare)))
    return said
