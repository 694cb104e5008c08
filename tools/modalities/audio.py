"""Sound: heard in requests, so that they are answered; no reader opens recordings, and no family learns from them."""

from noglue.tools.spec.modalities import ModalityPlugin

MODALITY = ModalityPlugin(
    name="audio",
    plural="sounds",
    noun="sound",
    piece="recording",
    example="recordings/",
    search="audio dataset",
    endings="wav mp3 flac ogg m4a aiff aif opus",
    own=("audio", "path"),
    rank=3,
)
