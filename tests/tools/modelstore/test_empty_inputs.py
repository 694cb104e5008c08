"""Inputs that say nothing: an empty text has no answer, and a row without a cell says what its answer is."""

import pyarrow as pa
import pytest

from noglue.tools.modelstore.inputs import remarked
from noglue.tools.modelstore.table_inputs import table_batches
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.protocols import Raw
from noglue.tools.spec.schema import Schema


def batch(columns: list[Column], table: pa.Table):
    schema = Schema(goal="classify", modality="table", target="kind", features=columns, classes=["no", "yes"],
                    rows={}, split="random")  # fmt: skip
    (found,) = table_batches(Raw("table", {"all": table}), table, {}, 0, schema)
    return found


def test_an_empty_text_is_no_input_of_a_model_of_texts():
    text = Column(name="message", kind="text", dtype="string", missing=1)
    found = batch([text], pa.table({"message": ["it crashes", None, "", "  \n", "refund me"]}))
    assert found.readable.tolist() == [0, 4]
    assert found.reasons == dict.fromkeys((1, 2, 3), "it is empty")
    assert found.rows["message"] == ["it crashes", "refund me"]
    assert not found.remarks


def test_a_row_of_which_nothing_is_known_keeps_its_answer_and_says_so():
    columns = [Column(name="age", kind="number", dtype="double", missing=1),
               Column(name="city", kind="category", dtype="string", missing=1)]  # fmt: skip
    found = batch(columns, pa.table({"age": [31.0, None, None], "city": ["Oslo", None, "Rome"]}))
    assert found.readable.tolist() == [0, 1, 2]
    assert not found.reasons
    assert list(found.remarks) == [1]
    assert "the answer is the usual one" in found.remarks[1]


@pytest.mark.parametrize(
    ("rows", "said"),
    [([3], "Row 3: why"), ([3, 5], "Rows 3, 5: why"), (range(7), "Rows 0, 1, 2, 3, 4 and 2 more: why")],
)
def test_what_is_said_of_several_answers_is_one_line(rows, said):
    assert remarked(dict.fromkeys(rows, "why")) == [said]
