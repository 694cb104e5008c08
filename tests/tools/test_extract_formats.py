"""7z, rar, lz4, and archives that were cut into parts."""

import bz2
import gzip
import io
import lzma
import subprocess
from pathlib import Path

import lz4.frame
import py7zr
import pytest

from noglue.tools.files.archives import packed
from noglue.tools.spec.errors import DataError
from tests.tools.rars import rarred, volumes
from tests.tools.unpacking import NOISE, PLAIN, tarred, zipped


def sevenzipped(members: dict[str, bytes], **options) -> bytes:
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w", **options) as archive:
        for name, content in members.items():
            archive.writestr(content, name)
    return buffer.getvalue()


def pieces(content: bytes, count: int) -> list[bytes]:
    step = -(-len(content) // count)
    return [content[start : start + step] for start in range(0, len(content), step)]


@pytest.mark.parametrize("filters", [None, [{"id": py7zr.FILTER_COPY}], [{"id": py7zr.FILTER_ZSTD}]])
def test_7z(desk, filters):
    result = desk.unpack(desk.put("set.7z", sevenzipped(PLAIN, filters=filters)))
    assert desk.tree(result) == {f"set/{path}": data for path, data in PLAIN.items()}
    assert (result.files, result.unpacked) == (3, 1)


def test_a_7z_of_a_folder_with_links(desk):
    folder = desk.run / "made"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a.txt").write_bytes(b"a")
    (folder / "link.txt").symlink_to("deep/a.txt")
    with py7zr.SevenZipFile(desk.run / "l.7z", "w") as archive:
        archive.writeall(folder, "top")
    assert desk.tree(desk.unpack("l.7z")) == {"l/top/deep/a.txt": b"a", "l/top/link.txt": b"a"}


def test_a_7z_in_a_zip_beside_others(desk):
    content = zipped({"train.7z": sevenzipped({"a.txt": b"a"}), "test.rar": rarred({"b.txt": b"b"})})
    assert desk.tree(desk.unpack(desk.put("x.zip", content))) == {"x/train/a.txt": b"a", "x/test/b.txt": b"b"}


def test_a_7z_that_is_locked(desk):
    for hidden in (False, True):
        content = sevenzipped(PLAIN, password="open", header_encryption=hidden)
        error = desk.failure(desk.put("x.7z", content))
        assert error.kind == "encrypted-archive"
        assert "password" in error.message


def test_a_7z_that_unpacks_to_too_much(desk):
    bomb = desk.put("b.7z", sevenzipped({"zeros": bytes(80 << 20)}))
    assert desk.failure(bomb).kind == "archive-bomb"
    assert desk.failure(desk.put("s.7z", sevenzipped(PLAIN)), max_bytes=1000).kind == "archive-bomb"


def test_a_7z_that_climbs_out(desk):
    content = sevenzipped({"aa/b.txt": b"x"}, filters=[{"id": py7zr.FILTER_COPY}])
    with py7zr.SevenZipFile(io.BytesIO(content)) as archive:
        assert archive.getnames() == ["aa/b.txt"]
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w") as archive:
        archive.set_encoded_header_mode(False)
        archive.writestr(b"x", "aa/b.txt")
    climbing = bytearray(buffer.getvalue())
    place = climbing.index("aa/b.txt".encode("utf-16-le"))
    climbing[place : place + 16] = "../b.txt".encode("utf-16-le")
    start = 32 + int.from_bytes(climbing[12:20], "little")
    size = int.from_bytes(climbing[20:28], "little")
    import zlib

    climbing[28:32] = zlib.crc32(climbing[start : start + size]).to_bytes(4, "little")
    climbing[8:12] = zlib.crc32(climbing[12:32]).to_bytes(4, "little")
    error = desk.failure(desk.put("c.7z", bytes(climbing)))
    assert error.kind == "unsafe-archive"
    assert "points out" in error.message


@pytest.mark.parametrize("make", [sevenzipped, rarred, lambda plain: lz4.frame.compress(tarred(plain))])
def test_damage_is_always_a_typed_error_or_fine(desk, make):
    import random

    source, seen = random.Random(7), set()
    content = make({"a.txt": b"hello" * 50, "d/b.txt": bytes(500)})
    for turn in range(80):
        damaged = bytearray(content[: source.randrange(40, len(content))] if turn % 4 == 0 else content)
        for _ in range(source.choice((1, 3, 10))):
            damaged[source.randrange(len(damaged))] = source.randrange(256)
        try:
            desk.unpack(desk.put("r.bin", bytes(damaged)))
        except DataError as error:
            seen.add(error.kind)
    assert "bad-archive" in seen
    assert seen <= {"bad-archive", "unsafe-archive", "encrypted-archive", "empty", "archive-bomb", "disk-full",
                    "unsupported-archive"}  # fmt: skip


def test_a_rar_of_stored_members(desk):
    result = desk.unpack(desk.put("set.rar", rarred(PLAIN)))
    assert desk.tree(result) == {f"set/{path}": data for path, data in PLAIN.items()}


def test_a_rar_that_no_program_here_unpacks(desk):
    error = desk.failure(desk.put("set.rar", rarred({"a.csv": NOISE}, method=3)))
    assert error.kind in ("unsupported-archive", "bad-archive")  # the second where unrar is installed
    if error.kind == "unsupported-archive":
        assert "unrar" in (error.hint or "")


def test_a_rar_that_climbs_out(desk):
    assert desk.failure(desk.put("set.rar", rarred({"../a.csv": b"1"}))).kind == "unsafe-archive"


def test_volumes_of_a_rar(desk):
    names = [desk.put(f"s.part{n}.rar", part) for n, part in enumerate(volumes("d/a.bin", NOISE, 3), 1)]
    assert desk.tree(desk.unpack(*names)) == {"s/d/a.bin": NOISE}
    (desk.run / names[1]).unlink()
    error = desk.failure(names[0], names[2])
    assert "s.part2.rar is missing" in error.message
    (desk.run / names[2]).unlink()
    assert desk.failure(names[0]).kind == "bad-archive"


def test_lz4(desk):
    names = [
        desk.put("a.csv.lz4", lz4.frame.compress(b"1,2\n")),
        desk.put("t.tar.lz4", lz4.frame.compress(tarred(PLAIN))),
    ]
    tree = desk.tree(desk.unpack(*names))
    assert tree["a.csv"] == b"1,2\n"
    assert tree["t/data/deep/b.bin"] == NOISE
    cut = lz4.frame.compress(NOISE)
    assert desk.failure(desk.put("c.csv.lz4", cut[: len(cut) // 2])).kind == "bad-archive"


@pytest.mark.parametrize(
    "names",
    [
        ["x.zip.001", "x.zip.002", "x.zip.003"],
        ["x.7z.001", "x.7z.002", "x.7z.003"],
        ["x.tar.gz.aa", "x.tar.gz.ab", "x.tar.gz.ac"],
        ["x.tar.gz.partaa", "x.tar.gz.partab", "x.tar.gz.partac"],
        ["x.tar.gz.part-aa", "x.tar.gz.part-ab", "x.tar.gz.part-ac"],
        ["x.zip.part0", "x.zip.part1", "x.zip.part2"],
        ["x.tar.00", "x.tar.01", "x.tar.02"],
    ],
)
def test_parts(desk, names):
    content = sevenzipped(PLAIN) if ".7z" in names[0] else gzip.compress(tarred(PLAIN)) if "gz" in names[0] else None
    content = content or (tarred(PLAIN) if ".tar" in names[0] else zipped(PLAIN))
    for name, piece in zip(names, pieces(content, 3), strict=True):
        desk.put(f"set/{name}", piece)
    result = desk.unpack("set")
    assert result.unpacked == 1
    assert {path.partition("x/")[2]: data for path, data in desk.tree(result).items()} == PLAIN
    assert [path.name for path in packed.beside(desk.run / "set" / names[1])] == names
    (desk.run / "set" / names[1]).unlink()
    error = desk.failure("set")
    assert error.kind == "bad-archive"
    assert f"{names[1]} is missing" in error.message


def test_parts_without_the_first_and_without_the_last(desk):
    for number, piece in enumerate(pieces(zipped(PLAIN), 3), 1):
        desk.put(f"x.zip.{number:03}", piece)
    error = desk.failure("x.zip.002", "x.zip.003")
    assert "x.zip.001 is missing" in error.message
    error = desk.failure("x.zip.001", "x.zip.002")
    assert "joined from 2 parts, x.zip.001 to x.zip.002" in error.message


def test_what_split_leaves(desk):
    (desk.run / "whole.tgz").write_bytes(gzip.compress(tarred(PLAIN)))
    (desk.run / "cut").mkdir()
    subprocess.run(["split", "-n", "3", "../whole.tgz"], cwd=desk.run / "cut", check=True)
    result = desk.unpack("cut")
    assert {path.partition("x/")[2]: data for path, data in desk.tree(result).items()} == PLAIN


def test_a_spanned_zip(desk):
    source = desk.run / "source"
    for path, content in PLAIN.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_bytes(content)
    (desk.run / "z").mkdir()
    subprocess.run(["zip", "-q", "-r", "-s", "64k", "../z/x.zip", "."], cwd=source, check=True)
    names = sorted(path.name for path in (desk.run / "z").iterdir())
    assert names == ["x.z01", "x.z02", "x.z03", "x.zip"]
    tree = desk.tree(desk.unpack("z"))
    assert {path.partition("x/")[2]: data for path, data in tree.items()} == PLAIN
    (desk.run / "z" / "x.z02").unlink()
    assert "x.z02 is missing" in desk.failure("z").message
    (desk.run / "z" / "x.z03").unlink()
    (desk.run / "z" / "x.z01").unlink()
    assert "x.z01, x.z02, x.z03 are missing" in desk.failure("z").message


@pytest.mark.parametrize(
    "names", [["sales.2019", "sales.2020"], ["run.001", "run.002"], ["a.part1", "a.part2"], ["xaa", "xab"]]
)
def test_what_is_numbered_and_no_archive(desk, names):
    for name in names:
        desk.put(f"set/{name}", b"a,b\n1,2\n")
    result = desk.unpack("set")
    assert (result.roots, result.unpacked) == (["set"], 0)


def test_numbered_archives_that_stand_alone(desk):
    names = [desk.put(f"x.part{n}", zipped({"a.txt": b"%d" % n})) for n in (1, 2)]
    result = desk.unpack(*names)
    assert result.unpacked == 2
    assert sorted(desk.tree(result).values()) == [b"1", b"2"]


def test_members_of_one_name_in_two_archives(desk):
    desk.put("set/a.zip", zipped({"images/1.txt": b"of a"}))
    desk.put("set/b.7z", sevenzipped({"images/1.txt": b"of b"}))
    desk.put("set/labels.csv", b"name,label\n")
    result = desk.unpack("set")
    assert sorted(desk.tree(result).values()) == [b"name,label\n", b"of a", b"of b"]
    assert (result.unpacked, result.replaced) == (2, 0)


def test_only_the_folder_that_is_asked_for(desk, tmp_path: Path):
    content = sevenzipped({"r/keep/a.txt": b"a", "r/not/b.txt": b"b"})
    assert desk.tree(desk.unpack(desk.put("x.7z", content), only={"x.7z": "keep"})) == {"x/r/keep/a.txt": b"a"}


@pytest.mark.parametrize(
    ("name", "content", "out"),
    [
        ("download", zipped(PLAIN), "download"),
        ("export.dat", tarred(PLAIN), "export.dat"),
        ("backup.2024", gzip.compress(tarred(PLAIN)), "backup.2024"),
        ("data.bin", sevenzipped(PLAIN), "data.bin"),
    ],
)
def test_an_archive_in_a_folder_under_any_name(desk, name, content, out):
    desk.put(f"given/{name}", content)
    desk.put("given/notes.txt", b"a note")
    expected = {f"{out}/{path}": data for path, data in PLAIN.items()} | {"notes.txt": b"a note"}
    assert desk.tree(desk.unpack("given")) == expected


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, lz4.frame.compress])
def test_a_compressed_file_in_a_folder_that_is_called_as_if_it_were_none(desk, pack):
    desk.put("given/iris.csv", pack(b"a,b\n1,2\n"))
    assert desk.tree(desk.unpack("given")) == {"iris.csv": b"a,b\n1,2\n"}


def test_documents_that_are_a_zip_inside_stay_whole_in_a_folder_under_any_name(desk):
    documents = {
        "book": {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"},
        "sheet.bin": {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"},
        "arrays": {"x.npy": b"\x93NUMPY", "y.npy": b"\x93NUMPY"},
        "weights": {"weights/data.pkl": b"", "weights/version": b"3"},
        "rows.npz": {"x.npy": b"\x93NUMPY", "about.txt": b"made today"},
    }
    for name, members in documents.items():
        desk.put(f"given/{name}", zipped(members))
    result = desk.unpack("given")
    assert (result.roots, result.unpacked) == (["given"], 0)


def test_numbers_that_begin_as_an_old_compressed_file_does_are_none(desk):
    desk.put("given/pixels.bin", b"\x1f\x9d" + NOISE[:1000])
    assert desk.unpack("given").roots == ["given"]


def test_what_begins_as_an_archive_is_worth_the_step_that_unpacks_it(tmp_path):
    for name, content in {
        "zip/download": zipped(PLAIN), "tar/a.dat": tarred(PLAIN), "gz/iris.csv": gzip.compress(b"a,b\n1,2\n"),
        "plain/iris.csv": b"a,b\n1,2\n", "book/b.xlsx": zipped(PLAIN), "pixels/p.bin": b"\x1f\x9d" + NOISE[:600],
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(content)
    assert packed.holds_archives(tmp_path / "zip" / "download")
    held = {folder.name for folder in tmp_path.iterdir() if packed.holds_archives(folder)}
    assert held == {"zip", "tar", "gz"}
    assert not packed.holds_archives(tmp_path / "nowhere")
