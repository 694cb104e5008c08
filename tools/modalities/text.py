"""Texts, one a file or one a row; a table with a column of texts is as good."""

from typing import TYPE_CHECKING, Any

from noglue.tools.spec.modalities import Explaining, Inputs, ModalityPlugin
from noglue.tools.spec.profiles import Column

if TYPE_CHECKING:
    import numpy as np

    from noglue.tools.checks.near_copies import Copies


def near_copies(content: "Any", parts: "list[np.ndarray]", random: "np.random.Generator") -> "Copies":
    from noglue.tools.checks import row_copies

    return row_copies.find(content, parts, random)


def explaining() -> Explaining:
    from noglue.tools.explanation import explain_text

    return explain_text


def inputs() -> Inputs:
    from noglue.tools.modelstore import text_inputs

    return text_inputs


MODALITY = ModalityPlugin(
    name="text",
    plural="texts",
    noun="text",
    piece="text",
    example="texts.csv",
    search="text dataset",
    endings="txt md html htm pdf eml",
    tabular=True,
    own=("text", "path"),
    held_as="words",
    rank=2,
    toy={"features": [Column(name="words", kind="text", dtype="string")]},
    near_copies=near_copies,
    inputs=inputs,
    explaining=explaining,
)
