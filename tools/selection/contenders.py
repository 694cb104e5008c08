"""Which families may learn from some data, and which of several that were trained is the best.

>>> contenders(schema, "linear", ["forest"], avoid=["boosting"]).names
('linear', 'forest')
>>> contenders(photos).names                       # where none is named, all that are a serious choice
('pretrained_images', 'resnet')
"""

from collections.abc import Sequence
from dataclasses import dataclass

from noglue.tools import metrics, models
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import Kind, StepFailed
from noglue.tools.spec.protocols import Trained
from noglue.tools.spec.schema import Schema

FAMILIES = "noglue.tools.models"
SERIOUS = 0.5  # how well a family suits the data from which on it competes, without being named
NO_BETTER_THAN_GUESSING = 0.01  # of balanced accuracy, or of R², over that of a constant answer


@dataclass(frozen=True)
class Contenders:
    """names: those to train, first what was asked for first, or what suits best. named: whether the user named them.
    others: the next best. members: names of blends' members that must not be used, or how they begin. lacking: of
    families that would compete, what must be installed for them, in words.
    """

    names: tuple[str, ...]
    others: tuple[str, ...]
    members: tuple[str, ...] = ()
    named: bool = False
    lacking: tuple[str, ...] = ()


def ranked(schema: Schema) -> list[str]:
    """Families that can learn from such data, best suited first."""
    fits = {name: float(catalogue.load(FAMILIES, name).suits(schema)) for name in catalogue.names(FAMILIES)}
    return sorted((name for name, fit in fits.items() if fit > 0), key=lambda name: (-fits[name], name))


def contenders(
    schema: Schema,
    family: str | None = None,
    families: Sequence[str] = (),
    avoid: Sequence[str] = (),
    device: str = "cpu",
    pretrained: bool | None = None,
    settings: Sequence[str] = (),
) -> Contenders:
    """Those asked for, else those that suit the data well and are not ruled out, at least the best suited one.

    pretrained: only those that bring what was learned from other data, where there are such, or none of them.
    settings: what the user has set of a training (`epochs`), by which those count as named that keep to it.
    Raises StepFailed `unknown-family`, `unsuitable-family`, `no-family`, `family-unavailable`.
    """
    able = ranked(schema)
    if pretrained is False and models.can_rule_out(models.PRETRAINED):
        avoid = [*avoid, models.PRETRAINED]
    what = f"{schema.goal} {schema.modality} data"
    out, members = _ruled_out(avoid, able)
    asked = tuple(dict.fromkeys(name for name in (family, *families) if name is not None))
    for name in asked:
        if name not in catalogue.names(FAMILIES):
            raise StepFailed(Kind.UNKNOWN_FAMILY, f"There is no model family {name!r}.", hint=_offer(able), others=able)
        if name not in able:
            raise StepFailed(
                Kind.UNSUITABLE_FAMILY, f"{name} can't {what}.", hint=_offer(able), family=name, others=able
            )
        if (lack := models.lack(name)) is not None:
            left = [one for one in able if one not in asked]
            raise StepFailed(Kind.FAMILY_UNAVAILABLE, lack, hint=_offer(left), family=name, others=left)
    if not able:
        raise StepFailed(
            Kind.NO_FAMILY,
            f"No model family here can {what}.",
            hint="Tables, texts, images, sounds and series can be learned from.",
        )
    here = [name for name in able if name not in out and _here(name, device)]
    known = [name for name in here if models.is_pretrained(name)]
    here = known if pretrained and any(models.lack(name) is None for name in known) else here
    left = [name for name in here if models.lack(name) is None]
    settable = [name for name in left if settings and set(settings) <= set(models.settings(name))]
    names = tuple(name for name in asked if name not in out) if asked else _serious(schema, settable or left)
    lacks = () if asked else (models.lack(name) for name in _serious(schema, here))
    lacking = tuple(lack for lack in lacks if lack is not None)
    if not names and lacking:
        raise StepFailed(Kind.FAMILY_UNAVAILABLE, lacking[0], hint=_offer(left), family=here[0], others=left)
    if not names:
        ruled = ", ".join(avoid)
        message = f"{', '.join(asked)} was asked for and ruled out." if asked else f"All that can {what} is ruled out."
        raise StepFailed(Kind.NO_FAMILY, f"{message} Ruled out: {ruled}.", hint=_offer(left), others=left)
    return Contenders(
        names, tuple(name for name in left if name not in names), members, bool(asked or settable), lacking
    )


def _serious(schema: Schema, able: Sequence[str]) -> tuple[str, ...]:
    """Those that compete, the best suited first: one of a generator, which no validation compares, and one of what
    learns from rows without a label, which so few labels can't compare; none that a better suited blend has among its
    members anyway.
    """
    if schema.predicts is None or (able and getattr(catalogue.load(FAMILIES, able[0]), "UNLABELLED", False)):
        return tuple(able[:1])
    found: list[str] = []
    within: set[str] = set()
    for name in able:
        family = catalogue.load(FAMILIES, name)
        inside = models.members(name)
        serious = not family.BASELINE and family.suits(schema) >= SERIOUS
        if serious and not (inside and set(inside) <= within):
            found.append(name)
            within |= set(models.blends(name))
    return tuple(found) or tuple(able[:1])


def _here(name: str, device: str) -> bool:
    """Whether the family is tried on such a device (`cuda:1`) without being named."""
    devices = getattr(catalogue.load(FAMILIES, name), "DEVICES", None)
    return devices is None or device.partition(":")[0] in devices


def beside(schema: Schema, chosen: str, avoid: Sequence[str] = ()) -> str | None:
    """The family that the chosen one names (`BESIDE`), else the best suited simple one; None when that is chosen."""
    out, _ = _ruled_out(avoid, ranked(schema))
    named = getattr(catalogue.load(FAMILIES, chosen), "BESIDE", None)
    if named is not None:
        return None if named in out else str(named)
    simple = [name for name in ranked(schema) if catalogue.load(FAMILIES, name).BASELINE]
    return None if not simple or chosen in simple else next((name for name in simple if name not in out), None)


def better(schema: Schema, metric: str | None, a: Trained, b: Trained) -> bool:
    """Whether `a` is to be preferred by validation.

    Of a measure that one and the same answer would be perfect by (recall: always the positive class) a model counts
    only where it tells the classes apart at all.
    """
    measure = metrics.load(metric or "accuracy")
    scores = [trained.validation.get(measure.name, float("nan")) for trained in (a, b)]
    if measure.one_sided:
        real = [not is_guessing(schema, trained) for trained in (a, b)]
        if real[0] != real[1]:
            return real[0]
    return measure.better(scores[0], scores[1])


def is_guessing(schema: Schema, trained: Trained) -> bool:
    """Whether one and the same answer for every row would do as well, by validation."""
    if schema.classes is None:
        return trained.validation.get("r2", 1.0) <= NO_BETTER_THAN_GUESSING
    return trained.validation.get("balanced_accuracy", 1.0) <= 1 / len(schema.classes) + NO_BETTER_THAN_GUESSING


def _ruled_out(avoid: Sequence[str], able: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Families and members of blends. A blend none of whose members is left is ruled out by the blend itself."""
    try:
        families, members = models.ruled_out(avoid)
        empty = (name for name in able if (own := models.blends(name)) and set(own) <= set(members))
        return (*families, *empty), members
    except KeyError as error:
        raise StepFailed(
            Kind.UNKNOWN_FAMILY,
            f"There is no kind of model {error.args[0]!r} to rule out.",
            hint=f"Kinds: {', '.join(sorted(models.kinds()))}. {_offer(list(able))}",
        ) from error


def _offer(able: list[str]) -> str:
    return f"Those that suit these data: {', '.join(able) or 'none'}."
