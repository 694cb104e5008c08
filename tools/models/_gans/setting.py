"""What a family designs its networks for.

>>> Setting.of(size=Size(height=28, width=28, channels=1), classes=10, width=32, gpu=False).canvas.base
(7, 7)
"""

from pydantic import BaseModel

from tools.models._gans.canvas import Canvas
from tools.models._training.pixels import Size


class Setting(BaseModel):
    """classes: 0 without labels. width: of the networks, one of the family's own. few: fewer examples than a
    discriminator could learn by heart, so that more augmentation is due. diversity: whether the discriminator looks at
    the spread within a batch too (`minibatch` in the family's options).
    """

    canvas: Canvas
    classes: int
    width: int
    gpu: bool
    few: bool = False
    minibatch: str = "none"

    @classmethod
    def of(
        cls, size: Size, classes: int, width: int, gpu: bool, few: bool = False, minibatch: str = "none"
    ) -> "Setting":
        canvas = Canvas.of(size.height, size.width, size.channels)
        return cls(canvas=canvas, classes=classes, width=width, gpu=gpu, few=few, minibatch=minibatch)
