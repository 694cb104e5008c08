"""Rows and columns: each column is read by one form over all files, and each may be the target."""

from noglue.tools.spec.modalities import Inputs, ModalityPlugin, Samples


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
        "ndjson xml sqlite db libsvm svmlight"
    ),
    tabular=True,
    rank=1,
    inputs=inputs,
    samples=samples,
)
