"""What one part of a request asks for, and what became of it.

    >>> Wish(text="leave the plan column out", kind="exclude", value={"columns": ["plan"]})

A wish is read from words alone, with open places; settling fills them with what the data really hold, and the finished
run says what was done. `value` by kind, as the words give it (settling puts names of columns, values, files in place of
the words, and conditions in place of the clause):

    goal          name: `classify` `regress` `generate`, or one that can't be done: `cluster` `anomaly` `translate` …
    target        {"words": "price"} or {"place": -1} (from 1; -1 the last); one wish for each target
    data          the place as written           search      true
    exclude only  {"columns": [words …], "places": [7], "prefixes": ["lab_"]}
    where         {"clause": words, "keep": true}  rows to keep, or to leave out; settled: [Condition …]
    rows          {"most": 5000} or {"share": 0.1}
    labels labels_per_class    number            classes     [words …]: of these classes alone
    test          {"share": 0.25} {"rows": 100} {"share": 0.2, "place": "last"} {"file": "b.csv"} {"clause": words}
    train         {"file": "a.csv"} or {"clause": words}    validation  {"share": 0.1} {"file": …}
    folds repeats number                         stratify    true or {"words": column}
    group         {"words": "patient"}           time        true, or {"words": "date"}
    metric        module of `tools/metrics/`; the first decides, later ones are told beside it
    metric_unknown  the words for a measure that is not among them
    positive      {"words": "sick"}              costs       {"miss": 10, "alarm": 1}
    at_least      {"measure": "recall", "value": 0.95}
    family        module of `tools/models/`      compare     [families …]      avoid   [families …]
    family_unknown  words                        pretrained  true, false, or a network's name
    layers        number                         balance     `weights` `oversample` `undersample` `smote`
    missing       {"words": ["0"], "columns": [words …], "places": [3]}; no columns: all of them
    derive        {"op": "above", "value": 50000} or {"op": "log"}
    budget device seed offline                   as the constraint of that name
    count pixels flips label                     of a generator: number, number, false, class
    show          `confusion` `mistakes` `precision` `curve` `table` `memorization` …   top  {"count": 20}
    explain export serve intervals calibrate privacy fairness robustness size speed     what is wished, as far as known

The kinds of the last line are known and not done yet; so are values that nothing here can do.
"""

from typing import Any, Literal

from pydantic import BaseModel

State = Literal["open", "done", "not-done", "refused"]


class Wish(BaseModel):
    """text: the words of the request. why: in one clause, how it was done or why not."""

    text: str
    kind: str
    value: Any = None
    state: State = "open"
    why: str = ""
