"""Columns that are known only after the outcome, and honest gaps."""

import numpy as np
import pytest
from sklearn import datasets

from noglue.tools.checks import hindsight

TARGET = datasets.load_breast_cancer().target
RANDOM = np.random.default_rng(8)


@pytest.mark.parametrize(
    "name",
    ["discharge_date", "DischargeDate", "payout", "cancellation_reason", "final_grade", "death_date", "claim amount",
     "Entlassungsdatum", "kuendigungsgrund", "Auszahlung", "Todesdatum", "motif_de_résiliation", "date_deces",
     "fecha_baja", "motivo_baja", "fecha_fallecimiento"],
)  # fmt: skip
def test_names_in_four_languages(name: str) -> None:
    assert hindsight.speaks_of_after(name)


@pytest.mark.parametrize(
    "name",
    ["age", "mean radius", "admission_date", "start", "Alter", "grade", "fecha", "note", "pay", "day", "cabin", "price",
     "Geburtsdatum", "salary", "body_mass_g", "boating", "residence"],
)  # fmt: skip
def test_other_names(name: str) -> None:
    assert not hindsight.speaks_of_after(name)


def test_filled_in_for_one_class_alone_is_certain() -> None:
    late = hindsight.by_emptiness("x17", TARGET == 1, TARGET, True)
    assert late is not None
    assert late.certain


def test_filled_in_mostly_for_one_class_is_told_and_kept() -> None:
    missing = (TARGET == 1) ^ (RANDOM.random(len(TARGET)) < 0.02)
    late = hindsight.by_emptiness("x17", missing, TARGET, True)
    assert late is not None
    assert not late.certain


def test_a_name_needs_less() -> None:
    missing = (TARGET == 1) ^ (RANDOM.random(len(TARGET)) < 0.2)
    assert hindsight.by_emptiness("x17", missing, TARGET, True) is None
    assert hindsight.by_emptiness("discharge_date", missing, TARGET, True) is not None


def test_gaps_by_chance() -> None:
    assert hindsight.by_emptiness("discharge_date", RANDOM.random(len(TARGET)) < 0.4, TARGET, True) is None
    values = datasets.load_diabetes().target
    assert hindsight.by_emptiness("payout", RANDOM.random(len(values)) < 0.4, values, False) is None


def test_filled_in_for_large_values() -> None:
    values = datasets.load_diabetes().target
    assert hindsight.by_emptiness("payout", values < np.median(values), values, False) is not None


def test_a_name_and_a_hold_on_the_target() -> None:
    codes = np.where(RANDOM.random(len(TARGET)) < 0.05, 1 - TARGET, TARGET)
    assert hindsight.by_name("final_status", codes, TARGET, True) is not None
    assert hindsight.by_name("status", codes, TARGET, True) is None
    assert hindsight.by_name("final_status", RANDOM.integers(0, 3, len(TARGET)), TARGET, True) is None
