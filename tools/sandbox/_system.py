"""What of the machine every step may read: programs, libraries, and the few settings that libraries look up."""

from pathlib import Path

LINKED = tuple(Path(name) for name in ("/bin", "/sbin", "/lib", "/lib64", "/lib32"))  # into /usr on most systems
PROGRAMS = (
    *(Path("/usr") / name for name in ("bin", "sbin", "lib", "lib32", "lib64", "libexec", "include", "share", "local")),
    Path("/nix/store"),
)
SETTINGS = tuple(
    Path("/etc") / name
    for name in (
        *("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "passwd", "group", "localtime", "nsswitch.conf"),
        *("alternatives", "ssl/certs", "ssl/openssl.cnf"),
    )
)
PROCESSORS = Path("/sys/devices/system")


def programs() -> list[Path]:
    """Folders of programs and libraries that are here; links into others are left out."""
    return [path for path in (*PROGRAMS, *LINKED) if path.is_dir() and not path.is_symlink()]


def links() -> list[Path]:
    """Those that are links: /bin → usr/bin."""
    return [path for path in LINKED if path.is_symlink()]


def settings() -> list[Path]:
    return [path for path in (*SETTINGS, PROCESSORS) if path.exists()]
