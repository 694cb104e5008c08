"""What recordings have in common once they are prepared."""

from typing import ClassVar

from noglue.tools.spec.data_form import OwnForm


class SoundForm(OwnForm):
    """Recordings are brought to `rate` samples a second, of one channel; of a longer one the first `seconds` count."""

    MODALITY: ClassVar[str] = "audio"

    rate: int
    seconds: float
