"""Another look at the same images: turned, sized, moved a little, and mirrored where that is safe.

    >>> RandomAffine(turn=0.25, size=0.17, shift=0.07, flip=False)(images).shape
    torch.Size([64, 1, 28, 28])

What the images show stays what it is: 0.25 radians are 14 degrees, at which no 6 becomes a 9.
"""

import torch
from pydantic import BaseModel
from torch.nn import functional


class RandomAffine(BaseModel):
    """turn: radians, at most. size: of the factor 1 ± `size` on the sides. shift: share of a side, at most."""

    turn: float = 0.25
    size: float = 0.17
    shift: float = 0.07
    flip: bool = False

    def __call__(self, images: torch.Tensor) -> torch.Tensor:
        """float (n, c, h, w), every image by chances of its own (torch's generator); edges are repeated."""
        count, _, height, width = images.shape
        chance = torch.rand(5, count) * 2 - 1
        angle, factor = chance[0] * self.turn, 1 + chance[1] * self.size
        sine, cosine = angle.sin() * factor, angle.cos() * factor
        mirror = torch.where(chance[4] < 0, -1.0, 1.0) if self.flip else torch.ones(count)
        tall = height / width  # a turn is one of the picture, not of the square that its coordinates lie in
        across = torch.stack([cosine * mirror, -sine * tall * mirror, chance[2] * 2 * self.shift], dim=1)
        down = torch.stack([sine / tall, cosine, chance[3] * 2 * self.shift], dim=1)
        grid = functional.affine_grid(torch.stack([across, down], dim=1), list(images.shape), align_corners=False)
        return functional.grid_sample(images, grid.to(images), padding_mode="border", align_corners=False)
