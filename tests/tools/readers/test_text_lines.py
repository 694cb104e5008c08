"""One set of texts in every layout of lines and of documents: the same texts, labels and splits."""

import email.message
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from noglue.tools.readers import text_folder, text_lines
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Raw
from tests.tools.predicting import predicted, trained
from tests.tools.preparing import Run

WORDS = [
    "the",
    "film",
    "was",
    "a",
    "story",
    "about",
    "people",
    "and",
    "their",
    "house",
    "with",
    "music",
    "actors",
    "scene",
    "plot",
    "ending",
    "really",
    "quite",
]
MOODS = {"pos": ["wonderful", "brilliant", "superb", "delightful"], "neg": ["dull", "boring", "awful", "terrible"]}
CHINESE = {"pos": ["喜欢", "满意", "推荐", "不错"], "neg": ["失望", "退货", "垃圾", "糟糕"]}
Sets = dict[str, list[tuple[str, str]]]


def sets() -> Sets:
    """40 texts to train and 20 to test, of two moods; with commas, quotes and semicolons in them."""
    draw = random.Random(1)
    made = []
    for place in range(60):
        mood = ("pos", "neg")[place % 2]
        words = [*draw.choices(WORDS, k=10), *draw.choices(MOODS[mood], k=3)]
        draw.shuffle(words)
        made.append(
            (mood, " ".join(words) + draw.choice([".", ', "so they say".', "; it's that.", "!"]) + f" No {place}")
        )
    return {"train": made[:40], "test": made[40:]}


def lines(rows: list[str]) -> str:
    return "\n".join(rows) + "\n"


def as_class_files(root: Path, data: Sets) -> None:
    for split, rows in data.items():
        for mood in MOODS:
            (root / f"{split}_{mood}.txt").write_text(lines([text for own, text in rows if own == mood]))


def as_class_files_in_split_folders(root: Path, data: Sets) -> None:
    for split, rows in data.items():
        (root / split).mkdir()
        for mood in MOODS:
            texts = lines([text for own, text in rows if own == mood])
            (root / split / f"rt-polarity.{mood}").write_text(texts, encoding="utf-16" if mood == "pos" else "latin-1")


def as_tabs(root: Path, data: Sets) -> None:
    for split, rows in data.items():
        (root / f"{split}.txt").write_text(lines([f"{mood}\t{text}" for mood, text in rows]))


def as_fasttext(root: Path, data: Sets) -> None:
    for split, rows in data.items():
        (root / f"reviews.{split}").write_text(lines([f"__label__{mood} {text}" for mood, text in rows]))


def as_parallel(root: Path, data: Sets) -> None:
    for split, rows in data.items():
        (root / f"{split}_sentences.txt").write_text(lines([text for _, text in rows]))
        (root / f"{split}_labels.txt").write_text(lines([mood for mood, _ in rows]))


def documents(root: Path, data: Sets, ending: str, write: Callable[[Path, str], object], below: bool = False) -> None:
    for split, rows in data.items():
        for place, (mood, text) in enumerate(rows):
            folder = root / mood / split if below else root / split / mood
            folder.mkdir(parents=True, exist_ok=True)
            write(folder / f"{place:03d}{ending}", text)


def as_html(root: Path, data: Sets) -> None:
    page = "<!DOCTYPE html><html><head><script>var pos = 1;</script></head><body><p>{}</p></body></html>"
    documents(root, data, ".html", lambda path, text: path.write_text(page.format(text)))


def as_texts_with_splits_below(root: Path, data: Sets) -> None:
    documents(root, data, ".txt", lambda path, text: path.write_text(text), below=True)


def as_word(root: Path, data: Sets) -> None:
    import docx

    def write(path: Path, text: str) -> None:
        document = docx.Document()
        document.add_paragraph(text)
        document.save(str(path))

    documents(root, {split: rows[:20] for split, rows in data.items()}, ".docx", write)


def as_pdf(root: Path, data: Sets) -> None:
    documents(root, data, ".pdf", lambda path, text: path.write_bytes(pdf(text)))


def as_labels_in_a_table(root: Path, data: Sets) -> None:
    (root / "texts").mkdir()
    rows = ["id,label\n"]
    for split, texts in data.items():
        for place, (mood, text) in enumerate(texts):
            (root / "texts" / f"{place + 40 * (split == 'test'):04d}.txt").write_text(text)
            rows.append(f"{place + 40 * (split == 'test')},{mood}\n")
    (root / "labels.csv").write_text("".join(rows))


def pdf(text: str) -> bytes:
    """A page with one line of text, by hand: PDF 1.4, Helvetica."""
    shown = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    stream = f"BT /F1 8 Tf 20 700 Td ({shown}) Tj ET".encode("latin-1")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + end


def rows_of(raw: Raw) -> dict[str, list[tuple[str, str]]]:
    return {
        split: sorted(zip(table["label"].to_pylist(), table["text"].to_pylist(), strict=True))
        for split, table in raw.splits.items()
    }


LAYOUTS: list[tuple[type[text_lines], Callable[[Path, Sets], None]]] = [
    (text_lines, as_class_files),
    (text_lines, as_class_files_in_split_folders),
    (text_lines, as_tabs),
    (text_lines, as_fasttext),
    (text_lines, as_parallel),
    (text_folder, as_html),
    (text_folder, as_texts_with_splits_below),
    (text_folder, as_pdf),
]  # type: ignore[list-item]


@pytest.mark.parametrize(("reader", "lay"), LAYOUTS, ids=[lay.__name__ for _, lay in LAYOUTS])
def test_every_layout_gives_the_same_texts(
    tmp_path: Path, reader: type[text_lines], lay: Callable[[Path, Sets], None]
) -> None:
    data = sets()
    lay(tmp_path, data)
    match = reader.sniff(sorted(path for path in tmp_path.rglob("*") if path.is_file()))
    assert match is not None
    raw = reader.read(match)
    assert (raw.modality, raw.target) == ("text", "label")
    assert rows_of(raw) == {split: sorted(rows) for split, rows in data.items()}
    assert reader.count(match) == {"train": 40, "test": 20}
    assert (raw.lost, raw.unusable) == ({}, {})


def test_word_files(tmp_path: Path) -> None:
    data = sets()
    as_word(tmp_path, data)
    match = text_folder.sniff(sorted(path for path in tmp_path.rglob("*") if path.is_file()))
    assert match is not None
    assert rows_of(text_folder.read(match)) == {split: sorted(rows[:20]) for split, rows in data.items()}


def test_labels_in_a_table_of_numbers(tmp_path: Path) -> None:
    """`0007.txt` is row 7 of the table."""
    data = sets()
    as_labels_in_a_table(tmp_path, data)
    found = text_folder.readings(sorted(path for path in tmp_path.rglob("*") if path.is_file()))
    assert found[0].labels_from == "labels.csv: label"
    assert rows_of(text_folder.read(found[0])) == {"all": sorted([*data["train"], *data["test"]])}


def test_inspect_prefers_the_lines_to_a_table_of_them(tmp_path: Path) -> None:
    """Also where a text has quotes, tabs or commas that a table of cells would stumble over."""
    data = sets()
    data["train"][3] = ("neg", 'he said "dull and left, a\tsecond tab')
    (tmp_path / "given").mkdir()
    as_tabs(tmp_path / "given", data)
    run = Run(tmp_path / "run")
    run.prepare(tmp_path / "given")
    assert (run.schema.modality, run.schema.split, run.schema.classes) == ("text", "official", ["neg", "pos"])
    assert (run.schema.rows["train"] + run.schema.rows["validation"], run.schema.rows["test"]) == (40, 20)


def test_scripts_without_blanks_and_other_encodings(tmp_path: Path) -> None:
    draw = random.Random(0)
    for mood, words in CHINESE.items():
        texts = [
            "这个商品" + "".join(draw.choices("的了是我们在他有这中大来上国", k=8)) + draw.choice(words)
            for _ in range(60)
        ]
        (tmp_path / f"{mood}.txt").write_text(lines(texts), encoding="gb18030")
    run = trained(tmp_path / "run", tmp_path / "pos.txt", tmp_path / "neg.txt", family="linear")
    (tmp_path / "new.txt").write_text(lines(["这个商品我们在上推荐", "这个商品他有这中垃圾"]), encoding="utf-8")
    _, answers = predicted(run, ("new.txt", tmp_path / "new.txt"))
    assert [row["prediction"] for row in answers] == ["pos", "neg"]


def test_new_lines_get_an_answer_each_and_a_blank_one_keeps_its_place(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    as_fasttext(tmp_path / "old", sets())
    run = trained(tmp_path / "run", tmp_path / "old", family="linear")
    (tmp_path / "new.txt").write_text("wonderful superb film\n\n__label__pos awful boring plot\n\n")
    _, answers = predicted(run, ("new.txt", tmp_path / "new.txt"))
    told = [(row["input"], row["prediction"], row["problem"]) for row in answers]
    assert told == [("0", "pos", ""), ("1", "", "it is empty"), ("2", "neg", "")]


def test_tags_of_words_are_refused(tmp_path: Path) -> None:
    text = "".join(
        f"{word} {'B-PER' if place % 4 == 3 else 'O'}\n" + "\n" * (place % 7 == 6)
        for place, word in enumerate(WORDS * 4)
    )
    (tmp_path / "train.txt").write_text(text)
    with pytest.raises(DataError, match="token labelling") as caught:
        Run(tmp_path / "run").prepare(tmp_path / "train.txt")
    assert caught.value.kind == "unknown-layout"


def test_chapters_and_parts_are_no_classes(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"chapter{number}.txt").write_text(lines([text for _, text in sets()["train"]]))
    assert text_lines.sniff(sorted(tmp_path.iterdir())) is None


def test_mails_are_read_without_the_headers_that_tell_their_group(tmp_path: Path) -> None:
    for place, (mood, text) in enumerate(sets()["train"]):
        mail = email.message.EmailMessage()
        mail["From"], mail["Subject"], mail["Newsgroups"] = "a@example.org", "Grüße", f"alt.{mood}"
        mail.set_content(text, charset="utf-8", cte="base64")
        (tmp_path / mood).mkdir(exist_ok=True)
        (tmp_path / mood / f"{5000 + place}").write_bytes(bytes(mail))
    match = text_folder.sniff(sorted(path for path in tmp_path.rglob("*") if path.is_file()))
    assert match is not None
    found = rows_of(text_folder.read(match))["all"]
    assert found == sorted((mood, f"Grüße\n\n{text}") for mood, text in sets()["train"])


def test_documents_without_text_say_why(tmp_path: Path) -> None:
    as_pdf(tmp_path, {"train": sets()["train"]})
    folder = tmp_path / "train" / "pos"
    (folder / "900.pdf").write_bytes(pdf("")), (folder / "901.pdf").write_bytes(b"%PDF-1.4 broken")
    (
        (folder / "902.pdf").write_bytes(b"PK\x03\x04 broken"),
        (folder / "903.pdf").write_text("<html><script>x</script></html>"),
    )
    match = text_folder.sniff(sorted(path for path in tmp_path.rglob("*") if path.is_file()))
    assert match is not None
    why = {Path(path).stem: reason for path, reason in text_folder.read(match).unusable.items()}
    assert why["900"] == "it is a PDF without text: pictures of pages can't be read"
    assert why["901"].startswith("it is a damaged PDF")
    assert why["902"].startswith("it is a damaged Word file")
    assert why["903"] == "there is no text in it"
