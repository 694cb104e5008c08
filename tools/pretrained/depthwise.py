"""A depthwise convolution whose way back is quick on a processor.

oneDNN computes the gradients of depthwise convolutions in bfloat16, and those of 5×5 filters on maps of a few pixels in
any format, ten to a hundred times slower than it has to: 79 ms instead of 4 for 64 × 96 × 32 × 32 and stride 2 (one
core of an Intel Xeon with AMX, torch 2.13). Here they are computed in float32, and on the smallest maps filter
position by filter position.

>>> convolved(x, weight, stride=2, padding=0).shape        # x (8, 96, 33, 33), weight (96, 1, 3, 3)
torch.Size([8, 96, 16, 16])
"""

from typing import Any

import torch
from torch.nn import functional


def convolved(x: torch.Tensor, weight: torch.Tensor, stride: int, padding: int) -> torch.Tensor:
    """x: (n, c, h, w), weight: (c, 1, k, k) → (n, c, h', w'), as `conv2d` with `groups=c` and no bias."""
    if x.device.type != "cpu" or not torch.is_grad_enabled():
        return functional.conv2d(x, weight, None, stride, padding, 1, weight.shape[0])
    if torch.is_autocast_enabled("cpu"):
        x, weight = (part.to(torch.get_autocast_dtype("cpu")) for part in (x, weight))
    found: torch.Tensor = _Depthwise.apply(x, weight, stride, padding)  # type: ignore[no-untyped-call]
    return found


class _Depthwise(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor, stride: int, padding: int) -> torch.Tensor:
        ctx.save_for_backward(x, weight)
        ctx.form = stride, padding
        return functional.conv2d(x, weight, None, stride, padding, 1, weight.shape[0])

    @staticmethod
    def backward(ctx: Any, *slopes: torch.Tensor) -> tuple[torch.Tensor | None, torch.Tensor | None, None, None]:
        (x, weight), (stride, padding), slope = ctx.saved_tensors, ctx.form, slopes[0]
        of_x, of_weight = ctx.needs_input_grad[:2]
        by_place = min(slope.shape[2:]) < weight.shape[2]
        whole = [of_x, of_weight and not by_place, False]
        to_x, to_weight, _ = torch.ops.aten.convolution_backward(
            *(part.float() for part in (slope, x, weight)), None, [stride] * 2, [padding] * 2, [1, 1], False, [0, 0],
            weight.shape[0], whole,
        )  # fmt: skip
        if of_weight and by_place:
            to_weight = _by_place(slope, x, weight.shape[2], stride, padding)
        return to_x.to(x.dtype) if of_x else None, to_weight.to(weight.dtype) if of_weight else None, None, None


def _by_place(slope: torch.Tensor, x: torch.Tensor, kernel: int, stride: int, padding: int) -> torch.Tensor:
    """The weight's gradient: for each place of the filter the sum over the outputs that it reaches, float32."""
    found = x.new_zeros(kernel, kernel, x.shape[1], dtype=torch.float32)
    outputs, inputs = (part.permute(0, 2, 3, 1) for part in (slope, x))
    for i in range(kernel):
        rows, to_rows = _reached(i - padding, slope.shape[2], x.shape[2], stride)
        for j in range(kernel):
            columns, to_columns = _reached(j - padding, slope.shape[3], x.shape[3], stride)
            product = outputs[:, rows, columns] * inputs[:, to_rows, to_columns]
            found[i, j] = product.sum((0, 1, 2), dtype=torch.float32)
    return found.permute(2, 0, 1)[:, None]


def _reached(offset: int, outputs: int, inputs: int, stride: int) -> tuple[slice, slice]:
    """Which outputs a filter's place at `offset` reaches an input from, and which inputs these are."""
    first = max(0, -(offset // stride))
    last = max(first, min(outputs, (inputs - 1 - offset) // stride + 1))
    start = first * stride + offset
    return slice(first, last), slice(start, start + (last - first - 1) * stride + 1 if last > first else start, stride)
