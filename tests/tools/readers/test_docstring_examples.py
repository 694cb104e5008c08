"""Every `>>>` example in a docstring of the readers and of the kinds of data does what it says."""

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PLACES = ("tools/readers", "tools/modalities")
FILES = [file for place in PLACES for file in sorted((ROOT / place).rglob("*.py"))]
WITH_EXAMPLES = [file for file in FILES if ">>>" in file.read_text(encoding="utf-8")]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.mark.parametrize("file", WITH_EXAMPLES, ids=lambda file: str(file.relative_to(ROOT)))
def test_examples(file: Path) -> None:
    module = importlib.import_module("noglue." + ".".join(file.relative_to(ROOT).with_suffix("").parts))
    tests = [test for test in doctest.DocTestFinder().find(module) if test.examples]
    assert tests, "an example that no docstring holds"
    runner, said = doctest.DocTestRunner(optionflags=FLAGS), list[str]()
    for test in tests:
        runner.run(test, out=said.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(said)
