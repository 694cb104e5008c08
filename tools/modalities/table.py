"""Rows and columns: each column is read by one form over all files, and each may be the target."""

from typing import TYPE_CHECKING, Any

from noglue.tools.spec.modalities import Explaining, Inputs, ModalityPlugin, Samples
from noglue.tools.spec.profiles import Column

if TYPE_CHECKING:
    import numpy as np

    from noglue.tools.checks.near_copies import Copies


def near_copies(content: "Any", parts: "list[np.ndarray]", random: "np.random.Generator") -> "Copies":
    from noglue.tools.checks import row_copies

    return row_copies.find(content, parts, random)


def explaining() -> Explaining:
    from noglue.tools.explanation import explain_table

    return explain_table


def inputs() -> Inputs:
    from noglue.tools.modelstore import table_inputs

    return table_inputs


def samples() -> Samples:
    from noglue.tools.generation import table_samples

    return table_samples


MODALITY = ModalityPlugin(
    name="table",
    plural="table rows",
    noun="a table",
    piece="row",
    example="rows.csv",
    search="dataset csv",
    endings=(
        "csv tsv tab xls xlsx ods parquet arrow feather arff orc sas7bdat dta sav dat data json jsonl "
        "ndjson xml sqlite db libsvm svmlight tsf"
    ),
    tabular=True,
    rank=1,
    toy={"features": [Column(name="x", kind="number", dtype="float64")]},
    near_copies=near_copies,
    inputs=inputs,
    explaining=explaining,
    samples=samples,
)
