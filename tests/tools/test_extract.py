"""Honest archives of every form, through the tool."""

import gzip
import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from noglue.tools import extract
from noglue.tools.spec.errors import DataError
from tests.tools.unpacking import NOISE, PACKERS, PLAIN, special, tarred, zipped


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
    assert desk.events[-1].event == "progress"


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
    result = desk.unpack(desk.put("t.tar", content))
    assert (desk.tree(result), result.replaced) == ({"t/a.txt": b"second, longer"}, 1)
    assert "occurs twice" in result.notes[0]


def test_tars_joined_by_cat_give_the_files_of_both(desk):
    content = tarred({"a.txt": b"first"}) + tarred({"b.txt": b"second"})
    assert desk.tree(desk.unpack(desk.put("t.tar", content))) == {"t/a.txt": b"first", "t/b.txt": b"second"}


@pytest.mark.parametrize("ending", ["tar", "tar.gz"])
@pytest.mark.parametrize("place", [1024 + 5, 1024 + 148])
def test_a_damaged_header_in_the_middle_is_no_end(desk, place, ending):
    content = bytearray(tarred({"a.txt": b"first", "b.txt": b"second"}))
    content[place] ^= 0x55
    packed = bytes(content) if ending == "tar" else gzip.compress(bytes(content))
    with pytest.raises(DataError, match=r"damaged") as caught:
        desk.unpack(desk.put(f"t.{ending}", packed))
    assert caught.value.kind == "bad-archive"


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
