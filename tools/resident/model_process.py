"""A model that stays in memory: `python -P -m noglue.tools.resident.model_process FOLDER CONTEXT`, inside the sandbox.

Loads the model once, says that it is ready, and answers one question after the other (`tools/resident/answers.py`)
over a socket that it inherits, until the other side is gone. CONTEXT is JSON: `model` (the folder), `device`, `socket`
(a descriptor). FOLDER is its own, where files that it is given as bytes lie while they are read.

A ToolError goes back as `{"error": {…}}`, as does any bug, whose traceback goes to the log; the model stays.
"""

import json
import os
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from noglue.tools.resident import messages
from noglue.tools.resident.answers import Answer, Asked
from noglue.tools.spec.errors import Failure, Kind, StepFailed, ToolError
from noglue.tools.spec.packages import missing_package


def main() -> None:
    folder, context = Path(sys.argv[1]), json.loads(sys.argv[2])
    connection = socket.socket(fileno=int(context["socket"]))
    model: list[Asked] = []

    def load() -> Answer:
        model.append(Asked(Path(context["model"]), context["device"], folder))
        return Answer({"ready": True}, {})

    _reply(connection, load)
    while model:
        try:
            asked, blobs = messages.receive(connection)
        except messages.Ended:
            break
        _reply(connection, lambda asked=asked, blobs=blobs: model[0].answer(asked, blobs))  # type: ignore[misc]
    sys.stderr.flush()
    os._exit(0)  # idle worker threads must not hold it


def _reply(connection: socket.socket, work: Callable[[], Answer]) -> None:
    try:
        head, arrays = work()
        told, blobs = messages.packed(arrays)
        messages.send(connection, head | {"arrays": told}, blobs)
    except OSError as error:
        if isinstance(error, BrokenPipeError | ConnectionResetError):
            return
        messages.send(connection, {"error": _failure(error).model_dump(mode="json")})
    except Exception as error:
        messages.send(connection, {"error": _failure(error).model_dump(mode="json")})


def _failure(error: Exception) -> Failure:
    if isinstance(error, ToolError):
        return error.failure()
    if isinstance(error, MemoryError):
        return StepFailed(Kind.OUT_OF_MEMORY, "The model needs more memory for this than the machine has left.",
                          hint="Ask it about fewer inputs at once.").failure()  # fmt: skip
    missing: Any = missing_package(error) if isinstance(error, ImportError) else None
    if missing is not None:
        failure: Failure = missing.failure()
        return failure
    traceback.print_exc()
    return StepFailed(Kind.BUG, f"The model could not answer: {type(error).__name__}: {str(error)[:300]}").failure()


if __name__ == "__main__":
    main()
