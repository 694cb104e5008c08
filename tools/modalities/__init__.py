"""Kinds of data. A file holds `MODALITY = ModalityPlugin(…)`, words `<name>.toml`; see `tools/spec/modalities.py`."""
