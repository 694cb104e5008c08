"""Texts, one a file or one a row; a table with a column of texts is as good."""

from noglue.tools.spec.modalities import Inputs, ModalityPlugin


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
    rank=2,
    inputs=inputs,
)
