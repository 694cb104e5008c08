"""Weak and strong views of the same images: what they show stays what it is, how it is shown changes a little or much.

    >>> strong(flip=False)(images).shape
    torch.Size([64, 1, 28, 28])

Turned, sized, sheared, moved and bent by one sampling grid (bent after Simard et al. 2003, "Best practices for
convolutional neural networks applied to visual document analysis"), strokes thickened or thinned (grey morphology),
contrast and brightness changed, and a square blanked (arXiv:1708.04552). Mirrored only where that is safe.
"""

import torch
from pydantic import BaseModel
from torch.nn import functional


class View(BaseModel):
    """How far an image may be changed at most; 0 of everything gives it back as it is.

    turn: radians. size, stretch: the factors 1 ± `size` on both sides, 1 ± `stretch` on one alone. shear: of one side
    along the other. shift, bend: share of a side; bend moves a coarse net of `knots` × `knots` points. stroke: weight
    of the neighbourhood's extreme. tone: in deviations of the pixels. blank: share of a side, always of this size.
    """

    turn: float = 0.0
    size: float = 0.0
    stretch: float = 0.0
    shear: float = 0.0
    shift: float = 0.0
    bend: float = 0.0
    knots: int = 5
    stroke: float = 0.0
    tone: float = 0.0
    blank: float = 0.0
    flip: bool = False

    def __call__(self, images: torch.Tensor) -> torch.Tensor:
        """float (n, c, h, w), normalised, each by chances of its own (torch's generator); edges are repeated."""
        images = functional.grid_sample(images, self._grid(images), padding_mode="border", align_corners=False)
        if self.stroke:
            images = self._restroked(images)
        if self.tone:
            chance = (torch.rand(2, len(images), 1, 1, 1) * 2 - 1).to(images)
            images = images * (1 + self.tone * chance[0]) + self.tone * chance[1]
        return self._blanked(images) if self.blank else images

    def _grid(self, images: torch.Tensor) -> torch.Tensor:
        """Where each pixel comes from: float32 (n, h, w, 2) in -1…1."""
        count, _, height, width = images.shape
        chance = torch.rand(8, count) * 2 - 1
        angle, shear = chance[0] * self.turn, chance[1] * self.shear
        across, down = (1 + chance[2] * self.size) * (1 + chance[3] * self.stretch), 1 + chance[2] * self.size
        mirror = torch.where(chance[4] < 0, -1.0, 1.0) if self.flip else torch.ones(count)
        tall = height / width  # a turn is one of the picture, not of the square that its coordinates lie in
        cosine, sine = angle.cos(), angle.sin()
        columns = torch.stack(
            [across * cosine * mirror, across * (cosine * shear - sine) * tall * mirror, chance[5] * 2 * self.shift], 1
        )
        rows = torch.stack([down * sine / tall, down * (cosine + sine * shear), chance[6] * 2 * self.shift], 1)
        grid = functional.affine_grid(torch.stack([columns, rows], 1), [count, 1, height, width], align_corners=False)
        if self.bend:
            net = (torch.rand(count, 2, self.knots, self.knots) * 2 - 1) * 2 * self.bend
            bent = functional.interpolate(net, size=(height, width), mode="bicubic", align_corners=True)
            grid = grid + bent.permute(0, 2, 3, 1)
        return grid.to(images)

    def _restroked(self, images: torch.Tensor) -> torch.Tensor:
        """Bright parts grown in half of the images, shrunk in the others."""
        weight = ((torch.rand(len(images), 1, 1, 1) * 2 - 1) * self.stroke).to(images)
        sign = torch.where(weight < 0, -1.0, 1.0)
        extreme = sign * functional.max_pool2d(images * sign, 3, 1, 1)
        return images + weight.abs() * (extreme - images)

    def _blanked(self, images: torch.Tensor) -> torch.Tensor:
        """A square set to the mean of all pixels, which is 0; it may reach over the edge."""
        count, _, height, width = images.shape
        side = round(self.blank * min(height, width))
        corner = torch.rand(2, count, 1)
        top, left = (corner[0] * height - side / 2).round(), (corner[1] * width - side / 2).round()
        rows, columns = torch.arange(height), torch.arange(width)
        high, wide = (rows >= top) & (rows < top + side), (columns >= left) & (columns < left + side)
        inside = high[:, None, :, None] & wide[:, None, None, :]
        return images.masked_fill(inside.to(images.device), 0.0)


def weak(flip: bool) -> View:
    """Hardly changed: what pseudo-labels are told from."""
    return View(turn=0.1, size=0.06, shear=0.06, shift=0.06, flip=flip)


def strong(flip: bool) -> View:
    """As far as what is shown can still be told."""
    return View(
        turn=0.4, size=0.2, stretch=0.2, shear=0.3, shift=0.1, bend=0.06, stroke=0.8, tone=0.3, blank=0.35, flip=flip
    )
