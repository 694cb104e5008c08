"""A budget that leaves no time to learn: said before anything is fetched, not when the noise is there.

    >>> doubt(task, plan, "cpu", 1.0)               # "Make new handwritten digits." within 20 s
    'Of a budget of 20 s, nothing is left to train the generator, …: expect noise. Small images need --budget 2m …'
    >>> doubt(task, plan, "cpu", 1.0)               # "Predict the price." within 10 s
    'Of a budget of 10 s, about 1 s is left to train, …: expect a simple model. --budget 30s lets several kinds …'

What data are to be learned is not known yet, so that this says what no data can change: reading and preparing take some
seconds, and what `evaluate` needs to judge is kept. How many steps there is time for, the training itself says, once it
has measured one (`tools/models/_gans/train_gan.py`).
"""

from noglue.agent.plan import Plan
from noglue.agent.task import Task
from noglue.tools.reporting.quantities import duration
from noglue.tools.spec import catalogue, goals, modalities
from noglue.tools.spec.short_time import ShortTime

SMALL = "Small images need --budget 2m or more on two cores. "  # measured: docs/benchmarks.md
SLOW = "gans"  # a kind of families
BEFORE = 20.0  # seconds, to fetch, inspect and prepare a small set of images on two cores, and to start to train
LEAST, LEAST_ON_GPU = 60.0, 15.0  # of training, under which digits of 8×8 pixels stay noise
BEFORE_A_TABLE = 4.0  # seconds, to read and prepare a small table on two cores
LEAST_FOR_A_TABLE, SEVERAL_KINDS = 2.0, 8.0  # seconds, under which a simple model is all; for several kinds of learner


def doubt(task: Task, plan: Plan, device: str, slowness: float) -> str:
    """In words; empty where there is nothing to say: no budget, or enough of it for a simple model and for others.

    slowness: how many times as long as on an idle machine the steps take (`tools/spec/slowness.py`).
    """
    budget, slow = task.constraints.budget_seconds, device == "cpu"
    train = next((step for step in plan.steps if step.tool == "train"), None)
    if budget is None or train is None:
        return ""
    if not _learns_slowly(task, train.args.get("family")):
        return _doubt_of_a_table(budget, budget - train.reserve_seconds, slowness, task)
    left = max(0.0, budget - train.reserve_seconds - BEFORE)
    if left >= (LEAST if slow else LEAST_ON_GPU):
        return ""
    time = f"about {duration(round(left))} is" if left >= 1 else "nothing is"
    return (
        f"Of a budget of {duration(budget)}, {time} left to train the generator, once the data is prepared and time is "
        f"kept to judge it: expect noise. {SMALL if slow else ''}Photographs need much more; --family pixels_gaussian "
        "learns in seconds."
    )


def _doubt_of_a_table(budget: float, left: float, slowness: float, task: Task) -> str:
    """Of what may be a table to learn from: which data it will be, is not known yet. left: seconds without those that
    judging takes.
    """
    left -= slowness * BEFORE_A_TABLE
    cells = task.modality is None or modalities.load(task.modality).cells
    if not cells or goals.makes_new(task.goal) or left >= LEAST_FOR_A_TABLE:
        return ""
    enough = ShortTime(had=max(0.0, left), needs=slowness * SEVERAL_KINDS).budget(budget)
    time, kept = f"about {left:.0f} s is", "expect a simple model"
    if left < 1:
        time, kept = "nothing is", "expect a simple model at best"
    return (
        f"Of a budget of {duration(budget)}, {time} left to train, once the data is prepared and time is kept to judge "
        f"what was learned: {kept}. --budget {enough} lets several kinds of model compete."
    )


def _learns_slowly(task: Task, family: object) -> bool:
    """Whether it is a network trained step by step, as the usual generators of anything but tables are."""
    if not goals.makes_new(task.goal) or task.modality is None or modalities.load(task.modality).cells:
        return False
    named = isinstance(family, str) and family in catalogue.names("noglue.tools.models")
    return not named or SLOW in getattr(catalogue.load("noglue.tools.models", str(family)), "KINDS", ())
