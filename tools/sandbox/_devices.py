"""Accelerators: what the drivers of NVIDIA and AMD need to see, where they are present.

The device nodes are NVIDIA's `/dev/nvidia*` and AMD's `/dev/kfd` and `/dev/dri`. Beside them the user-space driver
looks at PCI and NUMA topology in /sys, at /proc/driver/nvidia (part of every /proc), and at libraries that containers
keep outside of /usr.
"""

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


def nodes() -> list[Path]:
    """Device nodes, and folders of them, that are present: [/dev/nvidia0, /dev/nvidiactl, /dev/nvidia-uvm, …]."""
    return sorted(path for pattern in _NODES for path in Path("/dev").glob(pattern))


def surroundings() -> list[Path]:
    """What the drivers read: the machine's topology, and libraries and settings outside of /usr."""
    return [Path(name) for name in ("/sys", *_LIBRARIES) if Path(name).exists()]
