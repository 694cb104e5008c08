"""A depthwise convolution whose way back is quick on a processor.

oneDNN computes the gradients of depthwise convolutions in bfloat16, and those of 5×5 filters on maps of a few pixels in
any format, ten to a hundred times slower than it has to: 79 ms instead of 4 for 64 × 96 × 32 × 32 and stride 2 (one
core of an Intel Xeon with AMX, torch 2.13). Here the gradient of the input is a convolution forwards, with the filter
turned round, and that of the filter is computed in float32, on the smallest maps filter position by filter position,
from the first eighth of a batch of 64 or more: these filters change least of all in training further.

>>> convolved(x, weight, bias, stride=2, padding=0).shape        # x (8, 96, 33, 33), weight (96, 1, 3, 3), bias (96,)
torch.Size([8, 96, 16, 16])
"""

from typing import Any

import torch
from torch.nn import functional

SPARED, EIGHTH = 64, 8  # pictures of a batch from which on, and of how many one tells the filters' gradient


def convolved(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, stride: int, padding: int) -> torch.Tensor:
    """x: (n, c, h, w), weight: (c, 1, k, k), bias: (c,) → (n, c, h', w'), as `conv2d` with `groups=c`.

    padding: 0 where stride is more than 1.
    """
    if x.device.type != "cpu" or not torch.is_grad_enabled():
        return functional.conv2d(x, weight, bias, stride, padding, 1, weight.shape[0])
    if torch.is_autocast_enabled("cpu"):
        x, weight, bias = (part.to(torch.get_autocast_dtype("cpu")) for part in (x, weight, bias))
    found: torch.Tensor = _Depthwise.apply(x, weight, bias, stride, padding)  # type: ignore[no-untyped-call]
    return found


class _Depthwise(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, stride: int, padding: int
    ) -> torch.Tensor:
        ctx.save_for_backward(x, weight)
        ctx.form = stride, padding
        return functional.conv2d(x, weight, bias, stride, padding, 1, weight.shape[0])

    @staticmethod
    def backward(ctx: Any, *slopes: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (x, weight), (stride, padding), slope = ctx.saved_tensors, ctx.form, slopes[0]
        of_x, of_weight, of_bias = ctx.needs_input_grad[:3]
        to_x = _to_input(slope, weight, x.shape, stride, padding) if of_x else None
        to_weight = _to_filter(slope, x, weight, stride, padding).to(weight.dtype) if of_weight else None
        to_bias = slope.sum((0, 2, 3), dtype=torch.float32).to(weight.dtype) if of_bias else None
        return to_x, to_weight, to_bias, None, None


def _to_input(slope: torch.Tensor, weight: torch.Tensor, shape: torch.Size, stride: int, padding: int) -> torch.Tensor:
    """The slope, with zeros between where the stride left places out, convolved with the filter turned round."""
    kernel, turned = weight.shape[2], weight.flip(2, 3)
    if stride == 1:
        return functional.conv2d(slope, turned, None, 1, kernel - 1 - padding, 1, len(weight))
    height, width = (length + kernel - 1 for length in shape[2:])
    spread = slope.new_zeros(len(slope), height, width, len(weight)).permute(0, 3, 1, 2)
    rows, columns = (slice(kernel - 1, kernel - 1 + stride * length, stride) for length in slope.shape[2:])
    spread[:, :, rows, columns] = slope
    return functional.conv2d(spread, turned, None, 1, 0, 1, len(weight))


def _to_filter(slope: torch.Tensor, x: torch.Tensor, weight: torch.Tensor, stride: int, padding: int) -> torch.Tensor:
    """The filter's gradient, float32; of a large batch an estimate from a part of it."""
    count = len(x)
    some = count // EIGHTH if count >= SPARED else count
    slope, x = slope[:some], x[:some]
    if min(slope.shape[2:]) < weight.shape[2]:
        found = _by_place(slope, x, weight.shape[2], stride, padding)
    else:
        _, found, _ = torch.ops.aten.convolution_backward(
            *(part.float() for part in (slope, x, weight)), None, [stride] * 2, [padding] * 2, [1, 1], False, [0, 0],
            len(weight), [False, True, False],
        )  # fmt: skip
    return found * (count / some)


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
