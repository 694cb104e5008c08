"""What a notebook shows: a bar while it runs, the card of a model, an error in one paragraph."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

WORDS = "Recognise handwritten digits with pixels_linear, from at most 500 rows."


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_bar_a_card_and_one_paragraph(tmp_path: Path) -> None:
    book = nbformat.v4.new_notebook()
    book.cells = [
        nbformat.v4.new_code_cell(f"import noglue\nmodel = noglue.run({WORDS!r}, runs='runs', planner='rules')\nmodel"),
        nbformat.v4.new_code_cell("noglue.run('Predict y from nowhere.csv', runs='runs', planner='rules')"),
    ]
    client = NotebookClient(book, timeout=240, resources={"metadata": {"path": str(tmp_path)}})
    with pytest.raises(CellExecutionError):
        client.execute()
    shown = [
        output["data"]["text/html"] for output in book.cells[0]["outputs"] if "text/html" in output.get("data", {})
    ]
    assert any("✓" in page and "train" in page for page in shown), "the steps with their marks"
    assert any("on the test rows" in page and "report.html" in page for page in shown), "the card"
    [error] = [output for output in book.cells[1]["outputs"] if output["output_type"] == "error"]
    assert len(error["traceback"]) <= 2
    assert "nowhere.csv" in "".join(error["traceback"])
    assert "File " not in "".join(error["traceback"])
