"""Clips that were cut from one recording are of one group, even where nearly each has a source of its own."""

import pyarrow as pa
import pytest

from noglue.tools.preparation.group_columns import find_group


@pytest.mark.parametrize("name", ["src_file", "fsID", "source clip", "original_recording", "ytid", "parent_track_id"])
def test_what_a_clip_was_cut_from_is_a_group(name: str) -> None:
    column = pa.chunked_array([[str(n) for n in range(80)] + [str(n) for n in range(20)]])
    assert find_group({"category": pa.chunked_array([["a", "b"] * 50]), name: column}) == name
    assert find_group({name: pa.chunked_array([[str(n) for n in range(100)]])}) is None


@pytest.mark.parametrize("name", ["source", "file", "origin", "fs", "resource_id"])
def test_other_names_are_none(name: str) -> None:
    column = pa.chunked_array([[str(n) for n in range(80)] + [str(n) for n in range(20)]])
    assert find_group({name: column}) is None
