"""What `noglue` imports and compiles before it has read a paragraph: imported by the process that `command_line.py`
forks the commands of the tests from.

No sentence is encoded: the encoder's threads would not live in the forked processes.
"""

from contextlib import suppress

from noglue.agent import cli, context, session
from noglue.agent.commands import generate, predict, run
from noglue.agent.request.combine import Reader
from noglue.agent.request.encoder import EncoderMissing, shared
from noglue.agent.request.names import known
from noglue.agent.ui import answers

__all__ = ["answers", "cli", "context", "generate", "predict", "run", "session"]

with suppress(EncoderMissing):
    shared()
Reader(known(), None).read("Predict the price from houses.csv with a linear model, but not the id.", [], {})
