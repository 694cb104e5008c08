"""Archives, honest and hostile, through the tool."""

import bz2
import gzip
import io
import lzma
import os
import random
import stat
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest
import zstandard

from tools import extract
from tools.core.archives import guard, kinds
from tools.core.errors import DataError
from tools.core.step import Step

NOISE = random.Random(0).randbytes(200_000)


class Desk:
    """A run folder with one step in it, and archives lying beside."""

    def __init__(self, folder: Path) -> None:
        self.run = folder
        self.events: list[dict] = []
        self.step = Step(folder / "steps" / "02-extract", folder, emit=self.events.append)
        self.step.folder.mkdir(parents=True)

    def put(self, name: str, content: bytes) -> str:
        path = self.run / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return name

    def unpack(self, *files: str, **options) -> extract.Result:
        return extract.run(extract.Args(files=list(files), **options), self.step)

    def failure(self, *files: str, **options) -> DataError:
        with pytest.raises(DataError) as caught:
            self.unpack(*files, **options)
        left = [path for path in (self.step.folder / "files").rglob("*") if path.is_file()]
        assert left == []
        assert caught.value.code == 4
        return caught.value

    def tree(self, result: extract.Result) -> dict[str, bytes]:
        """Path below its root's parent → content."""
        found = {}
        for root in map(self.step.path, result.roots):
            for path in [root] if root.is_file() else sorted(root.rglob("*")):
                if path.is_file():
                    found[path.relative_to(root.parent).as_posix()] = path.read_bytes()
        return found


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def zipped(members: dict[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]], **options) -> bytes:
    buffer = io.BytesIO()
    options.setdefault("compression", zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(buffer, "w", **options) as archive:
        for name, content in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(
    members: dict[str, bytes] | list[tarfile.TarInfo], form: int = tarfile.PAX_FORMAT, encoding: str = "utf-8"
) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form, encoding=encoding, errors="surrogateescape") as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(member)
                info.size = len(members[member])  # type: ignore[call-overload]
                archive.addfile(info, io.BytesIO(members[member]))  # type: ignore[call-overload]
    return buffer.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


PACKERS = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor().compress,
}
PLAIN = {"data/a.csv": b"1,2\n", "data/deep/b.bin": NOISE, "empty.txt": b""}


# ---- honest ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["set.zip", "set.tar", "set.tar.gz", "set.tgz", "set.tar.bz2", "set.tar.xz", "set.tar.zst", "set"]
)
def test_archives(desk, name):
    ending = name.replace("tgz", "gz").rpartition(".")[2]
    content = zipped(PLAIN) if ending in ("zip", "set") else PACKERS.get(ending, bytes)(tarred(PLAIN))
    result = desk.unpack(desk.put(name, content))
    assert result.roots == ["steps/02-extract/files/set"]
    assert desk.tree(result) == {f"set/{path}": data for path, data in PLAIN.items()}
    assert (result.files, result.bytes, result.unpacked) == (3, sum(map(len, PLAIN.values())), 1)
    assert desk.events[-1]["event"] == "progress"


@pytest.mark.parametrize("ending", list(PACKERS))
def test_single_compressed_files(desk, ending):
    names = [
        desk.put(f"{stem}.{ending}", PACKERS[ending](stem.encode())) for stem in ("t10k-labels-idx1-ubyte", "train.csv")
    ]
    result = desk.unpack(*names)
    assert result.roots == ["steps/02-extract/files/t10k-labels-idx1-ubyte", "steps/02-extract/files/train.csv"]
    assert desk.tree(result)["train.csv"] == b"train.csv"


def test_content_tells_not_the_name(desk):
    files = [
        desk.put("photo.jpg", zipped({"a.txt": b"a"})),
        desk.put("not.zip", b"hello, I am text"),
        desk.put("x.bz2", b"BZhello"),
    ]
    result = desk.unpack(*files)
    assert result.roots == ["steps/02-extract/files/photo.jpg", "not.zip", "x.bz2"]
    assert result.unpacked == 1


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_tar_forms(desk, form):
    long = "/".join(["d" * 40] * 5) + "/file.txt"
    names = {"short.txt": b"s"} if form == tarfile.USTAR_FORMAT else {long: b"l"}
    assert list(desk.tree(desk.unpack(desk.put("t.tar", tarred(names, form)))).values()) == list(names.values())


def test_an_old_tar_without_the_magic_word(desk):
    content = bytearray(tarred({"a.txt": b"old"}, tarfile.USTAR_FORMAT))
    content[257:345] = bytes(88)
    content[148:156] = b" " * 8
    content[148:156] = b"%06o\0 " % sum(content[:512])
    assert desk.tree(desk.unpack(desk.put("v7.tar.gz", gzip.compress(bytes(content))))) == {"v7/a.txt": b"old"}


def test_zip64(desk):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, archive.open("big.bin", "w", force_zip64=True) as member:
        member.write(b"large in principle")
    assert desk.tree(desk.unpack(desk.put("z.zip", buffer.getvalue()))) == {"z/big.bin": b"large in principle"}


def test_nested_archives(desk):
    inner = tarred({"c.txt": b"deep", "d.csv.gz": gzip.compress(b"1\n")})
    content = zipped({"a.txt": b"a", "train/inner.tar.gz": gzip.compress(inner)})
    result = desk.unpack(desk.put("outer.zip", content))
    assert desk.tree(result) == {
        "outer/a.txt": b"a",
        "outer/train/inner/c.txt": b"deep",
        "outer/train/inner/d.csv": b"1\n",
    }


def test_nesting_ends_at_three(desk):
    content = b"core"
    for level in range(5, 0, -1):
        content = zipped({f"{level}.zip" if level < 5 else "core.txt": content})
    result = desk.unpack(desk.put("0.zip", content))
    assert list(desk.tree(result)) == ["0/1/2/3.zip"]
    assert "stays packed" in result.notes[0]


def test_a_broken_archive_inside_stays_as_it_is(desk):
    content = zipped(
        {
            "a.txt": b"a",
            "broken.tar.gz": gzip.compress(tarred(PLAIN))[:300],
            "locked.7z": b"7z\xbc\xaf\x27\x1c" + NOISE[:99],
        }
    )
    result = desk.unpack(desk.put("o.zip", content))
    assert sorted(desk.tree(result)) == ["o/a.txt", "o/broken.tar.gz", "o/locked.7z"]
    assert len(result.notes) == 2


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("arrays.npz", {"x.npy": b"\x93NUMPY", "y.npy": b"\x93NUMPY"}),
        ("arrays", {"x.npy": b"\x93NUMPY", "y.npy": b"\x93NUMPY"}),
        ("table.xlsx", {"[Content_Types].xml": b"<x/>"}),
        ("renamed.bin", {"[Content_Types].xml": b"<x/>"}),
        ("weights.pt", {"weights/data.pkl": b"", "weights/data/0": b""}),
        ("weights.zip", {"weights/data.pkl": b"", "weights/data/0": b""}),
        ("model.keras", {"config.json": b"{}"}),
    ],
)
def test_zips_that_are_documents_stay_whole(desk, name, members):
    desk.put(name, zipped(members))
    assert desk.unpack(name).roots == [name]
    nested = desk.unpack(desk.put("o.zip", zipped({"in/" + name: zipped(members)})))
    assert list(desk.tree(nested)) == ["o/in/" + name]


def test_a_zip_of_arrays_is_a_zip(desk):
    assert desk.unpack(desk.put("arrays.zip", zipped({"x.npy": b"\x93NUMPY"}))).unpacked == 1


def test_built_in_names_pass(desk):
    args = extract.Args(files=["builtin:digits"])
    assert args.reads() == []
    assert extract.run(args, desk.step).roots == ["builtin:digits"]


def test_clutter_is_left_out_and_counted(desk):
    members = ["a.png", "__MACOSX/._a.png", ".DS_Store", "d/.DS_Store", "d/Thumbs.db", "d/._b.png", "desktop.ini"]
    result = desk.unpack(desk.put("m.zip", zipped(dict.fromkeys(members, b"x"))))
    assert (list(desk.tree(result)), result.skipped) == (["m/a.png"], 6)


def test_names_that_are_not_utf8(desk):
    buffer = io.BytesIO(zipped({"Übersicht.csv": b"1"}))
    old = buffer.getvalue().replace("Übersicht".encode(), "Übersicht".encode("latin-1") + b"_")
    flags = bytearray(old)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        flags[flags.index(mark) + place + 1] &= ~0x08
    tar = tarred({"na\udcefve.txt": b"2"}, tarfile.GNU_FORMAT)
    result = desk.unpack(desk.put("z.zip", bytes(flags)), desk.put("t.tar", tar))
    assert sorted(desk.tree(result).values()) == [b"1", b"2"]
    assert "not UTF-8" in result.notes[-1]
    result.model_dump_json().encode()


def test_windows_separators(desk):
    assert list(desk.tree(desk.unpack(desk.put("w.zip", zipped({"train\\cat\\1.png": b"x"}))))) == ["w/train/cat/1.png"]


def test_very_long_names_are_shortened(desk):
    name = "x" * 300 + ".png"
    tree = desk.tree(desk.unpack(desk.put("l.tar", tarred({name: b"1", "x" * 301 + ".png": b"2"}))))
    assert len(tree) == 2
    assert all(path.endswith(".png") and len(path) < 260 for path in tree)


def test_a_name_twice_the_later_counts(desk):
    content = tarred({"a.txt": b"first"})[:1024] + tarred({"a.txt": b"second, longer"})
    assert desk.tree(desk.unpack(desk.put("t.tar", content))) == {"t/a.txt": b"second, longer"}


def test_names_that_differ_in_case_are_both_kept(desk):
    tree = desk.tree(
        desk.unpack(desk.put("c.zip", zipped({"A/x.png": b"upper", "a/x.png": b"lower", "A/X.png": b"third"})))
    )
    assert sorted(tree.values()) == [b"lower", b"third", b"upper"]


def test_links_inside_become_copies(desk):
    members = io.BytesIO()
    with tarfile.open(fileobj=members, mode="w") as archive:
        archive.addfile(special("link-to-link", tarfile.SYMTYPE, "d/soft"))
        info = tarfile.TarInfo("d/real.txt")
        info.size = 4
        archive.addfile(info, io.BytesIO(b"real"))
        archive.addfile(special("d/soft", tarfile.SYMTYPE, "../d/./real.txt"))
        archive.addfile(special("hard", tarfile.LNKTYPE, "d/real.txt"))
        archive.addfile(special("nowhere", tarfile.SYMTYPE, "missing"))
        archive.addfile(special("round", tarfile.SYMTYPE, "round"))
    result = desk.unpack(desk.put("l.tar", members.getvalue()))
    tree = desk.tree(result)
    assert set(tree) == {"l/d/real.txt", "l/d/soft", "l/hard", "l/link-to-link"}
    assert set(tree.values()) == {b"real"}
    assert "2 link(s)" in result.notes[0]
    assert not any(path.is_symlink() for path in desk.step.folder.rglob("*"))


def test_modes_are_dropped(desk):
    info = tarfile.TarInfo("run.sh")
    info.mode, info.size = 0o6777, 0
    result = desk.unpack(desk.put("m.tar", tarred([info])))
    mode = (desk.step.path(result.roots[0]) / "run.sh").stat().st_mode
    assert not mode & (stat.S_ISUID | stat.S_ISGID | stat.S_IXUSR | stat.S_IWOTH)


def test_only_one_folder_of_it(desk):
    name = desk.put(
        "repo-main.zip",
        zipped({"repo-main/data/train/1.png": b"1", "repo-main/src/x.py": b"2", "repo-main/database/y": b"3"}),
    )
    assert list(desk.tree(desk.unpack(name, only={name: "data"}))) == ["repo-main/repo-main/data/train/1.png"]
    assert desk.failure(name, only={name: "no/such"}).kind == "empty"


def test_folders(desk):
    desk.put("plain/train/1.png", b"1")
    assert desk.unpack("plain").roots == ["plain"]
    for name, content in {
        "train/a.zip": zipped({"1.png": b"1"}),
        "test/a.zip": zipped({"2.png": b"2"}),
        "notes/x.txt": b"n",
        "labels.csv": b"l",
    }.items():
        desk.put(f"mixed/{name}", content)
    result = desk.unpack("mixed")
    base = "steps/02-extract/files/mixed"
    assert result.roots == ["mixed/labels.csv", "mixed/notes", f"{base}/test/a", f"{base}/train/a"]
    assert (result.files, result.unpacked) == (4, 2)


def test_two_archives_of_one_name(desk):
    result = desk.unpack(desk.put("a/x.zip", zipped({"1": b"1"})), desk.put("b/x.zip", zipped({"2": b"2"})))
    assert [Path(root).name for root in result.roots] == ["x", "x~2"]


def test_a_second_try_starts_clean(desk):
    name = desk.put("x.zip", zipped({"1": b"1"}))
    assert desk.unpack(name).roots == desk.unpack(name).roots


def test_absolute_paths_and_reads(desk, tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"1")
    args = extract.Args(files=[str(path), "steps/01-download/files/y.zip"])
    assert args.reads() == args.files
    assert extract.ACCESS.network is False


def test_several_frames_make_one_file(desk):
    for ending, pack in PACKERS.items():
        assert list(desk.tree(desk.unpack(desk.put(f"x.{ending}", pack(b"one") + pack(b"two")))).values()) == [
            b"onetwo"
        ]


# ---- hostile ---------------------------------------------------------------------------------------------------

OUT = ["../evil", "a/../../evil", "/etc/evil", "..\\evil", "C:\\evil", "C:/evil", "\\\\server\\share", "a/b/../../../x"]


@pytest.mark.parametrize("name", OUT)
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_that_lead_out(desk, name, pack):
    before = {path for path in desk.run.rglob("*") if "02-extract" not in str(path)}
    error = desk.failure(desk.put("x.bin", pack({"fine.txt": b"x", name: b"evil"})))
    assert error.kind == "unsafe-archive"
    assert "x.bin" in error.message
    after = {path for path in desk.run.rglob("*") if "02-extract" not in str(path)}
    assert after - before == {desk.run / "x.bin"}
    assert not Path("/etc/evil").exists()


@pytest.mark.parametrize("target", ["/etc/passwd", "../../secret", "a/../../.."])
@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_tar_links_that_lead_out(desk, target, kind):
    assert desk.failure(desk.put("x.tar", tarred([special("d/link", kind, target)]))).kind == "unsafe-archive"


def test_writing_through_a_link(desk, tmp_path):
    """A link to a folder, then a file "in" it."""
    victim = tmp_path / "victim"
    victim.mkdir()
    inside = tarred([special("d", tarfile.SYMTYPE, "real")])[:512] + tarred({"d/evil.txt": b"evil"})
    tree = desk.tree(desk.unpack(desk.put("x.tar", inside)))
    assert tree == {"x/d/evil.txt": b"evil"}
    outside = tarred([special("d", tarfile.SYMTYPE, str(victim))])[:512] + tarred({"d/evil.txt": b"evil"})
    assert desk.failure(desk.put("y.tar", outside)).kind == "unsafe-archive"
    assert list(victim.iterdir()) == []


def test_zip_links(desk):
    def link(name: str, target: str) -> tuple[zipfile.ZipInfo, bytes]:
        info = zipfile.ZipInfo(name)
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        return info, target.encode()

    good = zipped([("a.txt", b"a"), link("b.txt", "a.txt")])
    assert desk.tree(desk.unpack(desk.put("g.zip", good))) == {"g/a.txt": b"a", "g/b.txt": b"a"}
    for target in ("/etc/passwd", "../../x", "x" * 5000):
        bad = zipped([link("b.txt", target)])
        result_kind = "empty" if target == "x" * 5000 else "unsafe-archive"
        assert desk.failure(desk.put("b.zip", bad)).kind in (result_kind, "unsafe-archive")


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_devices_and_pipes(desk, kind):
    assert desk.failure(desk.put("x.tar", tarred([special("dev", kind)]))).kind == "unsafe-archive"
    assert list(desk.step.folder.rglob("dev")) == []


def test_zip_devices(desk):
    info = zipfile.ZipInfo("dev")
    info.external_attr = (stat.S_IFCHR | 0o666) << 16
    assert desk.failure(desk.put("x.zip", zipped([(info, b"")]))).kind == "unsafe-archive"


def test_a_bomb_by_ratio(desk):
    """128 MiB of zeros in 130 kB, as zip and as gz; one of the standard library's own limits is no help here."""
    for name, content in (("b.zip", zipped({"zeros": bytes(128 << 20)})), ("b.gz", gzip.compress(bytes(128 << 20), 1))):
        error = desk.failure(desk.put(name, content), max_ratio=100)
        assert error.kind == "archive-bomb"
        assert name in error.message


def test_a_nested_bomb(desk):
    inner = zipped({"zeros": bytes(40 << 20)})
    content = zipped({f"{number}.zip": inner for number in range(3)})
    assert desk.failure(desk.put("n.zip", content)).kind == "archive-bomb"


def test_a_bomb_by_total(desk):
    for name, content in (("b.zip", zipped({"x": NOISE})), ("b.tar", tarred({"x": NOISE}))):
        assert desk.failure(desk.put(name, content), max_bytes=100_000).kind == "archive-bomb"


def test_a_bomb_by_members(desk):
    content = zipped({str(number): b"" for number in range(101)})
    assert desk.failure(desk.put("m.zip", content), max_files=100).kind == "archive-bomb"
    assert desk.unpack("m.zip", max_files=101).files == 101


def test_honest_zeros_are_no_bomb(desk):
    assert desk.unpack(desk.put("z.gz", gzip.compress(bytes(32 << 20), 1))).bytes == 32 << 20


def test_members_that_overlap(desk):
    """Many directory entries for one member's bytes."""
    single = zipped({"aaaa": bytes(1 << 20)})
    start = single.index(b"PK\x01\x02")
    end = single.index(b"PK\x05\x06")
    entry, tail = single[start:end], bytearray(single[end:])
    count = 200
    tail[8:12] = count.to_bytes(2, "little") * 2
    tail[12:16] = (len(entry) * count).to_bytes(4, "little")
    entries = b"".join(entry.replace(b"aaaa", b"%04d" % number) for number in range(count))
    assert desk.failure(desk.put("o.zip", single[:start] + entries + bytes(tail))).kind in (
        "archive-bomb",
        "bad-archive",
    )


def test_deep_folders(desk):
    assert desk.failure(desk.put("d.zip", zipped({"/".join("d" * 100): b"x"}))).kind == "unsafe-archive"


def test_a_file_that_is_also_a_folder(desk):
    assert desk.failure(desk.put("f.tar", tarred({"a": b"1", "a/b": b"2"}))).kind == "bad-archive"


# ---- damaged ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["x.zip", "x.tar", "x.tar.gz", "x.tar.bz2", "x.tar.xz", "x.tar.zst", "x.csv.gz", "x.csv.xz", "x.csv.zst"]
)
def test_cut_off(desk, name):
    ending = name.rpartition(".")[2]
    plain = NOISE if ".csv" in name else tarred(PLAIN)
    content = zipped(PLAIN) if ending == "zip" else PACKERS.get(ending, bytes)(plain)
    error = desk.failure(desk.put(name, content[: len(content) * 2 // 3]))
    assert error.kind == "bad-archive"
    assert name in error.message


def test_flipped_bits_name_the_member(desk):
    content = bytearray(zipped(PLAIN, compression=zipfile.ZIP_STORED))
    content[len(content) // 2] ^= 0xFF
    error = desk.failure(desk.put("x.zip", bytes(content)))
    assert error.kind == "bad-archive"
    assert "data/deep/b.bin" in error.message
    packed = bytearray(gzip.compress(tarred(PLAIN)))
    packed[-6] ^= 0xFF  # the checksum at the very end
    assert desk.failure(desk.put("x.tgz", bytes(packed))).kind == "bad-archive"


def test_random_damage_is_always_a_typed_error_or_fine(desk):
    source, kinds_seen = random.Random(5), set()
    small = {"a.txt": b"hello" * 50, "d/b.txt": bytes(500)}
    for content in (
        zipped(small),
        tarred(small),
        gzip.compress(tarred(small)),
        lzma.compress(tarred(small)),
        PACKERS["zst"](tarred(small)),
    ):
        for _ in range(60):
            damaged = bytearray(content)
            for _ in range(source.choice((1, 3, 10))):
                damaged[source.randrange(len(damaged))] = source.randrange(256)
            desk.put("r.bin", bytes(damaged))
            try:
                desk.unpack("r.bin")
            except DataError as error:
                kinds_seen.add(error.kind)
    assert kinds_seen <= {"bad-archive", "unsafe-archive", "encrypted-archive", "empty", "archive-bomb", "disk-full"}
    assert not any(path.is_symlink() for path in desk.run.rglob("*"))


def test_locked_with_a_password(desk):
    content = bytearray(zipped({"a.txt": b"secret"}, compression=zipfile.ZIP_STORED))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    error = desk.failure(desk.put("x.zip", bytes(content)))
    assert error.kind == "encrypted-archive"
    assert "password" in error.message


def test_an_unknown_compression(desk):
    content = bytearray(zipped({"a.txt": b"text"}))
    content[8] = content[content.index(b"PK\x01\x02") + 10] = 97
    assert desk.failure(desk.put("x.zip", bytes(content))).kind == "bad-archive"


@pytest.mark.parametrize("magic", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x00", b"\x1f\x9d\x90", b"\x04\x22\x4d\x18"])
def test_formats_that_are_not_read(desk, magic):
    error = desk.failure(desk.put("x.bin", magic + NOISE[:100]))
    assert error.kind == "unsupported-archive"
    assert "--data" in error.hint


def test_nothing_in_it(desk):
    assert desk.failure(desk.put("e.zip", zipped({}))).kind == "empty"


def test_a_file_that_is_gone(desk):
    assert desk.failure("no/such.zip").kind == "not-found"


def test_zlib_is_what_the_standard_library_raises():
    """The list of what damaged input raises is complete enough to hold the base classes."""
    from tools.core.archives.members import BROKEN

    for error in (zlib.error, EOFError, zipfile.BadZipFile, tarfile.ReadError, lzma.LZMAError):
        assert issubclass(error, BROKEN)


def test_kinds_of_short_files():
    for head in (b"", b"P", b"\x1f\x8b", bytes(512), b"a" * 511):
        assert kinds.of_head(head) is None
    assert os.sep not in kinds.stem("a.tar.gz", "gzip")


def test_readable():
    assert guard.readable("naïve".encode()) == "naïve"
    assert guard.readable(b"na\xefve.txt")
