"""A finished model's folder, loaded by the family that made it, for the job that it learned.

>>> schema, model = predictor(run / "model", "cpu")
>>> schema, model = sampler(run / "model", "cpu")      # of a generator
"""

from pathlib import Path
from typing import Any

from noglue.tools.files import beneath
from noglue.tools.files.bounded_json import parsed
from noglue.tools.spec import catalogue, goals
from noglue.tools.spec.errors import BadUsage, DataError, Kind, StepFailed
from noglue.tools.spec.protocols import Predictor, Sampler
from noglue.tools.spec.schema import Schema

JSON_LIMIT = 64 << 20  # bytes


def predictor(folder: Path, device: str) -> tuple[Schema, Predictor]:
    """Raises DataError `no-model`, `unsafe-path`, BadUsage `generates`, StepFailed `unknown-family`."""
    schema = learned(folder)
    must_predict(schema)
    loaded: Predictor = _family(folder).load(folder, device)
    if schema.derived is not None and schema.derived.op == "log":
        from noglue.tools.values.derived_targets import InOwnUnit

        return schema, InOwnUnit(loaded, schema.derived)
    return schema, loaded


def sampler(folder: Path, device: str) -> tuple[Schema, Sampler]:
    """Raises DataError `no-model`, BadUsage `not-a-generator`, StepFailed `unknown-family`."""
    schema = learned(folder)
    must_generate(schema)
    loaded: Sampler = _family(folder).load(folder, device)
    return schema, loaded


def learned(folder: Path) -> Schema:
    """What the model learned to do, and from what. Raises DataError `no-model`."""
    try:
        return Schema.model_validate_json(beneath.read(folder, "schema.json", JSON_LIMIT))
    except OSError as error:
        raise DataError(Kind.NO_MODEL, f"There is no finished model: {error.filename} is missing.") from error
    except ValueError as error:
        raise DataError(Kind.NO_MODEL, f"{folder / 'schema.json'} is damaged.") from error


def must_predict(schema: Schema) -> None:
    if goals.makes_new(schema.goal):
        raise BadUsage(
            Kind.GENERATES,
            f"This model can't predict; {goals.load(schema.goal).does}.",
            hint="`noglue generate RUN --count 64` makes some.",
        )


def must_generate(schema: Schema) -> None:
    if not goals.makes_new(schema.goal):
        raise BadUsage(
            Kind.NOT_A_GENERATOR,
            f"This model can't generate; {goals.load(schema.goal).does}.",
            hint='`noglue predict RUN INPUT...` uses it. A generator comes from "make new images like these".',
        )


def family_name(folder: Path) -> str:
    """Raises DataError `no-model`."""
    try:
        return str(parsed(beneath.read(folder, "model.json", JSON_LIMIT))["family"])
    except OSError as error:
        raise DataError(Kind.NO_MODEL, f"There is no finished model: {error.filename} is missing.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(Kind.NO_MODEL, f"{folder / 'model.json'} is damaged.") from error


def _family(folder: Path) -> Any:
    name = family_name(folder)
    if name not in catalogue.names("noglue.tools.models"):
        raise StepFailed(
            Kind.UNKNOWN_FAMILY,
            f"The model is of the family {name!r}, which this version does not have.",
            hint="Use the version of noglue that trained it.",
        )
    return catalogue.load("noglue.tools.models", name)
