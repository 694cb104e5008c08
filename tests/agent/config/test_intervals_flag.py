"""`--intervals` alone, before an input, or with a level; and the set of labels from Python."""

import pytest
import typer
from typer.testing import CliRunner

from noglue.agent.commands.predict import Wanted
from noglue.agent.config.cli_options import Inputs, Intervals, WithIntervals, level
from noglue.agent.model.predictions_file import _labels, _prediction
from noglue.tools.spec.errors import BadUsage, Kind

app = typer.Typer()


@app.command(cls=WithIntervals)
def predict(inputs: Inputs, intervals: Intervals = None) -> None:
    print(inputs, level(intervals))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("new.csv", "['new.csv'] None"),
        ("new.csv --intervals", "['new.csv'] 0.9"),
        ("--intervals new.csv more.csv", "['new.csv', 'more.csv'] 0.9"),
        ("--intervals 0.8 new.csv", "['new.csv'] 0.8"),
        ("new.csv --intervals 95%", "['new.csv'] 0.95"),
        ("new.csv --intervals=99", "['new.csv'] 0.99"),
        ("-- new.csv --intervals", "['new.csv', '--intervals'] None"),
    ],
)
def test_a_level_is_a_number_behind_it(given: str, told: str) -> None:
    assert CliRunner().invoke(app, given.split()).stdout.strip() == told


@pytest.mark.parametrize("text", ["0", "-1", "1", "2", "100%", "nan", "x"])
def test_what_is_no_level_is_refused(text: str) -> None:
    with pytest.raises(BadUsage) as caught:
        level(text)
    assert caught.value.kind == Kind.INTERVALS


@pytest.mark.parametrize(
    ("cell", "labels"),
    [("cat", ["cat"]), ("cat|dog", ["cat", "dog"]), (r"a\|b|c\\d|e", ["a|b", r"c\d", "e"]), ("", [])],
)
def test_the_labels_of_a_set(cell: str, labels: list[str]) -> None:
    assert _labels(cell) == labels


def test_the_ends_of_a_forecast_are_no_probabilities() -> None:
    row = {"input": "a 2021-01", "series": "a", "time": "2021-01", "prediction": "5", "lower": "4", "upper": "6.5"}
    for wanted in (Wanted(), Wanted(intervals=0.8)):
        found = _prediction(row | {"problem": ""}, wanted, [])
        assert (found.lower, found.upper, found.probabilities) == (4.0, 6.5, {})
        assert found.kept == {"series": "a", "time": "2021-01"}
    of_classes = {"input": "x", "prediction": "lower", "confidence": "0.7", "lower": "0.7", "upper": "0.3"}
    assert _prediction(of_classes, Wanted(proba=True), []).probabilities == {"lower": 0.7, "upper": 0.3}
