"""Damaged files of every format, two minutes of them; `make bench-fuzz` tries 10,000 (see tests/bench/fuzz.py)."""

import random

import pytest

from tests.bench import fuzz, mutations


def test_damage_is_made_again_by_its_number() -> None:
    content, others = bytes(range(256)) * 4, [b"PAR1" * 50, b""]
    once = [mutations.mutated(content, others, random.Random(number)) for number in range(200)]
    again = [mutations.mutated(content, others, random.Random(number)) for number in range(200)]
    assert once == again
    assert sum(changed != content for _, changed in once) > 190
    assert {name for names, _ in once for name in names.split("+")} == {
        damage.__name__.replace("_", " ") for damage in mutations.ALL
    }


@pytest.mark.parametrize("damage", mutations.ALL, ids=lambda damage: damage.__name__)
def test_damage_of_the_smallest_files(damage: mutations.Damage) -> None:
    for number in range(50):
        assert isinstance(damage(b"a", [b"", b"PK\3\4"], random.Random(number)), bytes)


@pytest.mark.slow
def test_two_minutes_of_damaged_files() -> None:
    found = fuzz.fuzz(10_000, first=int(random.Random(14).random() * 1e6), jobs=2, seconds=120)
    assert found.faults == []
    assert found.files >= 20
