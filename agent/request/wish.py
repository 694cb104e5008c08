"""What one part of a request asks for, and what became of it.

    >>> Wish(text="leave the plan column out", kind="exclude", value={"columns": ["plan"]})

A wish is read from words alone, with open places; settling fills them with what the data really hold, and the finished
run says what was done. `SHAPES` has the kinds and, by example, the value of each as the words give it; further kinds
are stated by their own modules in `agent/request/kinds/`. Settling puts
names of columns, values, files in place of the words, and conditions in place of the clause.
"""

from typing import Any, Literal

from pydantic import BaseModel, SerializerFunctionWrapHandler, model_serializer

State = Literal["open", "done", "not-done", "refused"]

_COLUMNS: tuple[Any, ...] = ({"columns": ["words"]}, {"places": [7]}, {"prefixes": ["lab_"]})

# kind → one or several examples of its value. `a|b`: one of these; with `…`: or another word. `name?` may be missing.
# Words are those of the request. Places count from 1, from the end -1, -2, …
SHAPES: dict[str, tuple[Any, ...]] = {
    # what is learned, and from what: one wish for each target; goals that can't be done: `cluster`, `translate`, …
    "goal": ("classify|regress|generate|…",),
    "target": ({"words": "price"}, {"place": -1}),
    "data": ("the place as written",),
    "search": (True,),
    # columns; cells that mean no value, of all columns where none are named; a target that is made of its column
    "exclude": _COLUMNS,
    "only": _COLUMNS,
    "missing": ({"words": ["-999"], "columns?": ["words"], "places?": [3]},),
    "derive": ({"op": "above|at least|below|at most|equals|log", "value?": 50000.0},),
    # rows to keep or to leave out, how many, and of these classes alone
    "where": ({"clause": "words", "keep?": True},),
    "rows": ({"most": 5000}, {"share": 0.1}),
    "labels": (500,),
    "labels_per_class": (10,),
    "classes": (["words"],),
    # which rows are for what
    "test": ({"share": 0.25, "place?": "first|last"}, {"rows": 100, "place?": "first|last"}, {"file": "b.csv"},
             {"clause": "words"}),
    "train": ({"file": "a.csv"}, {"clause": "words"}),
    "validation": ({"share": 0.1}, {"file": "c.csv"}),
    "group": ({"words": "patient"},),
    "time": (True, {"words": "date"}),
    "stratify": (True, {"words": "column"}),
    "folds": (5,),
    "repeats": (3,),
    # what it is judged by: a module of `tools/metrics/`, the first decides, later ones are told beside it; or the words
    # for a measure that is not among them
    "metric": ("name",),
    "metric_unknown": ("words",),
    "positive": ({"words": "sick"},),
    "costs": ({"miss": 10.0, "alarm?": 1.0},),
    "at_least": ({"measure": "recall", "value": 0.95},),
    # what learns: modules of `tools/models/`, or the words for a kind of model that is not among them
    "family": ("name",),
    "family_unknown": ("words",),
    "compare": (["name"],),
    "avoid": (["name"],),
    "pretrained": (True, False, "a network's name"),
    "layers": (3,),
    "balance": ("weights|oversample|undersample|smote",),
    # limits of the run, as the constraint of that name; seconds
    "budget": (600.0,),
    "device": ("cpu|cuda|mps|auto",),
    "seed": (7,),
    "offline": (True,),
    # of a generator: how many, how large, mirrored or not, of which class
    "count": (64,),
    "pixels": (32,),
    "flips": (False,),
    "label": ("class",),
}  # fmt: skip


class Wish(BaseModel):
    """text: the words of the request. why: in one clause, how it was done or why not.

    by: who heard it: a flag or the rules, which files do not tell apart, or a language model, on whose word alone no
    run is refused. instead: what the language model took the same words for; the data decide
    (`agent/settle/disputed.py`). said: of a flag, the words of the request that say the same. guessed: a column that is
    meant by initials or a form of its name alone, which is said at the end. These stand in files only where they say
    something.
    """

    text: str
    kind: str
    value: Any = None
    state: State = "open"
    why: str = ""
    by: Literal["words", "flag", "model"] = "words"
    instead: "Wish | None" = None
    said: list[str] = []
    guessed: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether a flag states it, by the very name."""
        return isinstance(self.value, dict) and bool(self.value.get("exact"))

    @model_serializer(mode="wrap")
    def _without_the_usual(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = plain(self)
        usual: dict[str, tuple[Any, ...]] = {
            "by": ("words", "flag"),
            "instead": (None,),
            "said": ([],),
            "guessed": (False,),
        }
        return {name: value for name, value in fields.items() if value not in usual.get(name, ())}
