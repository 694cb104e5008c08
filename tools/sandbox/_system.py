"""What of the machine every step may read: programs, libraries, and the few settings that libraries look up."""

from pathlib import Path

FOLDERS = tuple(Path(name) for name in ("/usr", "/nix/store"))
LINKED = tuple(Path(name) for name in ("/bin", "/sbin", "/lib", "/lib64", "/lib32"))  # into /usr on most systems
SETTINGS = tuple(
    Path("/etc") / name
    for name in (
        *("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "passwd", "group", "localtime", "nsswitch.conf"),
        *("alternatives", "ssl/certs", "ssl/openssl.cnf"),
    )
)
PROCESSORS = Path("/sys/devices/system")
