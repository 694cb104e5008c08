"""The device a network runs on, and the number format that is quick there.

>>> Machine.of("cpu")          # AMD Zen 4, or Intel with AMX
Machine(device=device(type='cpu'), dtype=torch.bfloat16)
"""

import ctypes
import platform
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import torch

from noglue.tools.spec.errors import Kind, StepFailed
from noglue.tools.spec.slowness import cores, slowness

SMALL_STEP = 5e9  # floating-point operations
M_MMAP_MAX, M_TRIM_THRESHOLD = -4, -1  # glibc's malloc.h


@dataclass(frozen=True)
class Machine:
    """dtype: what convolutions and matrix products are computed in; weights stay float32."""

    device: torch.device
    dtype: torch.dtype

    @classmethod
    def of(cls, name: str) -> "Machine":
        """Raises StepFailed `device` when the device asked for is not here."""
        device = torch.device(name)
        if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
            raise StepFailed(Kind.DEVICE, f"There is no device {name} here.", hint="Use --device cpu.", device=name)
        half = cpu_has_bfloat16() if device.type == "cpu" else device.type == "cuda" and _gpu_has_bfloat16(device)
        return cls(device, torch.bfloat16 if half else torch.float32)

    def precision(self) -> AbstractContextManager[object]:
        """Around every forward pass."""
        if self.dtype is torch.float32:
            return nullcontext()
        return torch.autocast(self.device.type, self.dtype)

    def use_threads(self, operations: float) -> None:
        """As many as there are cores for steps of much work, one for small ones.

        operations: floating-point, of one step. Threads that wait for each other at the end of every small layer gain
        little on an idle machine, and lose a factor of tens where another program takes a core now and then. The
        choice depends on the work alone, as results differ in their last bits with the number of threads.
        """
        if self.device.type == "cpu":
            torch.set_num_threads(1 if operations < SMALL_STEP else cores())

    def wait(self) -> None:
        """Until what a GPU was asked to do is done, so that its time can be taken."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def free_bytes(self) -> int:
        """Memory left on a GPU; 0 elsewhere, where nothing is gained by moving a data set."""
        return int(torch.cuda.mem_get_info(self.device)[0]) if self.device.type == "cuda" else 0


@contextmanager
def one_thread() -> Iterator[None]:
    """What is computed within comes out the same to the last bit, however many threads others have left."""
    from threadpoolctl import threadpool_limits

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1, "blas"):
            yield
    finally:
        torch.set_num_threads(before)


def one_thread_if_busy() -> None:
    """Where other programs hold the processors, several threads wait for each other at the end of every small step."""
    if slowness() > 1:
        from threadpoolctl import threadpool_limits

        torch.set_num_threads(1)
        threadpool_limits(1)


def cpu_has_bfloat16() -> bool:
    """Whether bfloat16 products are done in hardware: oneDNN also emulates them, at a fraction of float32's speed."""
    info = Path("/proc/cpuinfo")
    if platform.machine() not in ("x86_64", "AMD64") or not info.exists():
        return False
    text = info.read_text(encoding="utf-8", errors="replace")
    flags = next((line.split() for line in text.splitlines() if line.startswith("flags")), [])
    return "avx512_bf16" in flags or "amx_bf16" in flags


def _gpu_has_bfloat16(device: torch.device) -> bool:
    return torch.cuda.get_device_capability(device)[0] >= 8


def keep_freed_memory() -> None:
    """Let the C library reuse large buffers instead of handing them back to the kernel after every layer.

    glibc maps and unmaps each buffer over 32 MB, and the kernel zeroes its pages anew each time: more time than most
    elementwise layers take to compute. For processes that train and then end. Elsewhere than glibc: nothing.
    """
    library = ctypes.CDLL(None) if platform.libc_ver()[0] == "glibc" else None
    if library is not None:
        library.mallopt(M_MMAP_MAX, 0)
        library.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)


def out_of_memory(error: BaseException, batch_size: int) -> StepFailed | None:
    """The typed error for an allocation that failed on any device, or None when the error is another."""
    known = isinstance(error, (torch.OutOfMemoryError, MemoryError))
    if not known and "can't allocate memory" not in str(error) and "not enough memory" not in str(error):
        return None
    return StepFailed(
        Kind.OUT_OF_MEMORY,
        f"The device has too little memory to train with {batch_size} rows in a batch.",
        hint="Use a smaller batch, or a device with more memory.",
        batch_size=batch_size,
    )
