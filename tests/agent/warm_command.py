"""What `noglue` imports and compiles before it has read a paragraph: imported by the process that `command_line.py`
forks the commands of the tests from.

No sentence is encoded: the encoder's threads would not live in the forked processes.
"""

import importlib
from contextlib import suppress

from noglue.agent import cli, context, session
from noglue.agent.commands import generate, predict, run
from noglue.agent.request.combine import Reader
from noglue.agent.request.names import known
from noglue.agent.task import Constraints
from noglue.agent.ui import answers
from noglue.tools.pretrained.published import WeightsMissing
from noglue.tools.pretrained.sentences import shared

__all__ = ["answers", "cli", "context", "generate", "predict", "run", "session"]

with suppress(WeightsMissing):
    shared()
Reader(known(), None).read("Predict the price from houses.csv with a linear model, but not the id.", [], Constraints())
for extra in ("langchain.chat_models", "langchain_openai"):  # two seconds of each command that asks a language model
    with suppress(ImportError):
        importlib.import_module(extra)
