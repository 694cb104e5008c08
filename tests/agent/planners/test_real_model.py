"""With a real small model, when there is one: NOGLUE_TEST_LLM=http://127.0.0.1:8000/v1 (an OpenAI-compatible server).

Nothing is asserted of what the model says. Whatever it says, the run ends in a good model.
"""

import os
from pathlib import Path

import pytest

import noglue

URL = os.environ.get("NOGLUE_TEST_LLM", "")


@pytest.mark.slow
@pytest.mark.skipif(not URL, reason="NOGLUE_TEST_LLM names no server")
@pytest.mark.parametrize("words", ["Recognise handwritten digits.", "Tell three kinds of iris apart by their flowers."])
def test_whatever_it_says_the_run_ends_in_a_good_model(tmp_path: Path, words: str) -> None:
    outcome = noglue.run(words, runs=tmp_path, planner="auto", model=URL, max_calls=12)
    assert outcome.status == "succeeded"
    assert outcome.metrics["test"]["accuracy"].value > 0.85
    assert (outcome.path / "llm.jsonl").exists()
