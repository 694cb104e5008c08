"""Accelerators: what the drivers of NVIDIA and AMD need to see, where they are present.

The device nodes are NVIDIA's `/dev/nvidia*` and AMD's `/dev/kfd` and `/dev/dri`. Beside them the user-space driver
looks at PCI and NUMA topology in /sys, at /proc/driver/nvidia (part of every /proc), and at libraries that containers
keep outside of /usr.
"""

from collections.abc import Iterator
from pathlib import Path

_NODES = ("nvidia*", "kfd", "dri", "dxg")
_LIBRARIES = (
    "/run/opengl-driver",
    "/opt/rocm",
    "/etc/OpenCL",
    "/etc/vulkan",
    "/etc/nvidia",
    "/var/lib/nvidia",
    "/home/kubernetes/bin/nvidia",
)
TOPOLOGY = (Path("/sys"),)


def nodes() -> list[Path]:
    """Device nodes, and folders of them, that are present: [/dev/nvidia0, /dev/nvidiactl, /dev/nvidia-uvm, …]."""
    return sorted(path for pattern in _NODES for path in Path("/dev").glob(pattern))


def libraries() -> list[Path]:
    """Folders with drivers' libraries and settings, outside of /usr."""
    return [Path(name) for name in _LIBRARIES if Path(name).exists()]


def flags() -> Iterator[str]:
    """For bwrap: nodes need `--dev-bind`, a read-only bind of a device node can't be opened."""
    for path in nodes():
        yield from ("--dev-bind", str(path), str(path))
    for path in (*TOPOLOGY, *libraries()):
        yield from ("--ro-bind-try", str(path), str(path))
