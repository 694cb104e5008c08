"""Model families, one a file; the folder is the catalogue. Light to import.

>>> kinds()["boosting"]
('boosted_trees', 'catboost')
>>> members("boosted_trees"), of_member("catboost")
(('lightgbm',), ('catboost',))
"""

from collections.abc import Callable, Iterable

from noglue.tools.spec import catalogue

KIND_ALIASES = {  # how people write a kind, lower case
    "boosting": ("boosting", "gradient boosting", "boosted trees", "gradient-boosting", "boosting-verfahren"),
    "trees": ("trees", "tree models", "tree-based models", "tree based models", "bäume", "arbres", "árboles"),
    "forests": ("forests", "wälder", "forêts", "bosques"),
    "ensembles": ("ensembles", "ensemble", "ensemble models", "ensemble methods", "blends", "stacking", "conjuntos"),
    "neural networks": (
        "neural",
        "neural networks",
        "neural nets",
        "neural network",
        "neuronale netze",
        "neuronalen netze",
        "réseaux de neurones",
        "redes neuronales",
    ),
    "deep learning": ("deep learning", "deep models", "deep networks", "apprentissage profond", "aprendizaje profundo"),
    "linear models": ("linear models", "linear model", "lineare modelle", "modèles linéaires", "modelos lineales"),
    "kernels": ("kernels", "kernel methods", "kernel machines", "svms", "kernmethoden", "méthodes à noyau"),
    "neighbours": ("neighbours", "neighbors", "nearest neighbours", "nearest neighbors"),
    "bayes": ("bayes", "bayesian classifiers"),
    "pretrained models": (
        "pretrained",
        "pretrained models",
        "pretrained networks",
        "pretrained weights",
        "pre-trained models",
        "transfer learning",
        "vortrainierte modelle",
        "modèles préentraînés",
        "modelos preentrenados",
    ),
    "gans": ("gans", "adversarial networks"),
}


def kinds() -> dict[str, tuple[str, ...]]:
    """Kind → the families that are of it: what a user rules out with one word."""
    found: dict[str, tuple[str, ...]] = {}
    for name in catalogue.names("noglue.tools.models"):
        for kind in getattr(catalogue.load("noglue.tools.models", name), "KINDS", ()):
            found[kind] = (*found.get(kind, ()), name)
    return found


def members(family: str) -> tuple[str, ...]:
    """How the members of a blend that are of this family are called, or how their names begin."""
    return tuple(getattr(catalogue.load("noglue.tools.models", family), "MEMBERS", ()))


def blends(family: str) -> tuple[str, ...]:
    """How the members of this family are called, where it is a blend."""
    return tuple(getattr(catalogue.load("noglue.tools.models", family), "BLENDS", ()))


PRETRAINED = "pretrained models"  # the kind of families that bring what was learned from other data


def is_pretrained(family: str) -> bool:
    """Whether a family brings what was learned from other data."""
    return family in kinds().get(PRETRAINED, ())


def pretrained_as(network: str) -> str | None:
    """The family that brings the network of that name, as people write it: `efficientnet-lite0`."""
    brought = kinds().get(PRETRAINED, ())
    return next((name for name in brought if network.lower() in _aliases(name)), None)


def _aliases(family: str) -> tuple[str, ...]:
    return tuple(getattr(catalogue.load("noglue.tools.models", family), "ALIASES", ()))


def of_member(member: str) -> tuple[str, ...]:
    """The families that a member of a blend is of."""
    return tuple(name for name in catalogue.names("noglue.tools.models") if member in members(name))


def settings(family: str) -> tuple[str, ...]:
    """Which of `epochs`, `batch_size` and `learning_rate` it keeps to where they are asked for."""
    return tuple(getattr(catalogue.load(__name__, family), "SETTINGS", ()))


def options(family: str) -> tuple[str, ...]:
    """Which of its own settings it takes: `depth`, `trees`, `neighbours`, `rounds`, `patience`, `strength`."""
    return tuple(getattr(catalogue.load(__name__, family), "OPTIONS", ()))


def lack(family: str) -> str | None:
    """What must be installed for it, in words; None where all is there."""
    lacks: Callable[[], str | None] | None = getattr(catalogue.load(__name__, family), "lacks", None)
    return None if lacks is None else lacks()


def learns_unlabelled(family: str) -> bool:
    """Whether rows without a label teach this family too."""
    return bool(getattr(catalogue.load("noglue.tools.models", family), "UNLABELLED", False))


def can_rule_out(word: str) -> bool:
    """Whether a word is a family, a kind or a member of a blend; what is none of them is never tried anyway."""
    return word in catalogue.names("noglue.tools.models") or bool(_of_kind(word) or of_member(word))


def _of_kind(word: str) -> tuple[str, ...]:
    """The families of a kind, by its name or one of its aliases."""
    kind = next((name for name, aliases in KIND_ALIASES.items() if word.lower() in aliases), word)
    return kinds().get(kind, ())


def ruled_out(words: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Families, and members of blends, that these words rule out: each a family, a kind or a member.

    >>> ruled_out(["boosting"])
    (('boosted_trees', 'catboost'), ('catboost', 'lightgbm'))

    Raises KeyError for a word that is none of them.
    """
    families: set[str] = set()
    inside: set[str] = set()
    for word in words:
        own = {word} if word in catalogue.names("noglue.tools.models") else {*_of_kind(word), *of_member(word)}
        if not own:
            raise KeyError(word)
        families |= own
        inside |= {word} if of_member(word) else set()
    return tuple(sorted(families)), tuple(sorted(inside.union(*(members(name) for name in families))))
