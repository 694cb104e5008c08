"""A data frame as what a run learns from: kept as a Parquet file beside the runs, named after its content.

    >>> noglue.run("Predict price", data=frame)             # runs/.frames/3f2a….parquet

So that the run can be gone on with, and its source checked, when the frame is long gone.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Annotated, Any

from pydantic import PlainValidator, TypeAdapter

from noglue.agent.arguments import Places
from noglue.tools.spec.errors import BadUsage, Kind

FOLDER = ".frames"


def is_frame(what: Any) -> bool:
    """Of pandas, polars or Arrow; none of them is imported for it."""
    module = type(what).__module__.partition(".")[0]
    return module in ("pandas", "polars", "pyarrow") and (hasattr(what, "columns") or hasattr(what, "to_frame"))


def _places(what: Any) -> Any:
    return what if is_frame(what) else _PLACES.validate_python(what)


_PLACES: TypeAdapter[Any] = TypeAdapter(Places)
FrameOrPlaces = Annotated[object, PlainValidator(_places)]  # `kept` makes a path of a frame


def kept(frame: Any, runs: Path) -> str:
    """The file's path. Raises BadUsage for a frame without rows, or where it can't be written."""
    import pyarrow.parquet as pq

    from noglue.agent.model.given import tabular_frame

    table = tabular_frame(frame)
    if not table.num_rows:
        raise BadUsage(Kind.ARGUMENT, "The data frame has no rows.", hint="Give one that has.")
    folder = runs / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=".partial-", dir=folder)
        os.close(descriptor)
        partial = Path(name)  # its own: others may be keeping theirs
        pq.write_table(table, partial)
        partial.chmod(0o644)
        with partial.open("rb") as file:
            name = hashlib.file_digest(file, "sha256").hexdigest()[:16]
        place = folder / f"{name}.parquet"
        partial.replace(place)
    except OSError as error:
        raise BadUsage(
            Kind.RUNS_FOLDER,
            f"The data frame can't be kept in {folder}: {error.strerror}.",
            hint="Choose another place with runs=….",
        ) from error
    return str(place.absolute())
