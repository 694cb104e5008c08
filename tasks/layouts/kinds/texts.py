"""Texts: a file each, a line each, a column among others, mails, documents; in languages without blanks too."""

import json
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from noglue.tasks.layouts.layout import Expected, layout
from noglue.tasks.layouts.real_data import SUBJECTS, passages

REQUEST = "Tell the subject of each text."
NAMES = tuple(sorted(SUBJECTS))
_WORDS = ("text", "table")


def _all(**changes: Any) -> Expected:
    return Expected(_WORDS, 120, (), NAMES, **changes)


def _files(place: Path, ending: str, write: "Callable[[Path, str], Any]", test_from: int | None = None) -> None:
    for number, (subject, text) in enumerate(passages()):
        split = [] if test_from is None else ["train" if number < test_from else "test"]
        path = place.joinpath(*split, subject, f"{number:03}{ending}")
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, text)


def _plain(path: Path, text: str) -> None:
    path.write_text(text + "\n", encoding="utf-8")


@layout(REQUEST)
def txt_class_folders(place: Path) -> Expected:
    _files(place, ".txt", _plain)
    return _all()


@layout(REQUEST)
def txt_split_above_class(place: Path) -> Expected:
    _files(place, ".txt", _plain, 90)
    return _all(splits={"train": 90, "test": 30})


@layout(REQUEST)
def texts_without_ending(place: Path) -> Expected:
    _files(place, "", _plain)
    return _all()


@layout(REQUEST)
def markdown_class_folders(place: Path) -> Expected:
    _files(place, ".md", lambda path, text: _plain(path, f"# Note\n\n{text}"))
    return _all()


@layout(REQUEST)
def mails_class_folders(place: Path) -> Expected:
    def write(path: Path, text: str) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "A question"
        mail.set_content(text)
        path.write_bytes(bytes(mail))

    _files(place, ".eml", write)
    return _all()


@layout(REQUEST, needs=("docx",))
def word_class_folders(place: Path) -> Expected:
    import docx

    def write(path: Path, text: str) -> None:
        document = docx.Document()
        document.add_paragraph(text)
        document.save(str(path))

    _files(place, ".docx", write)
    return _all()


def _pdf(text: str) -> bytes:
    """One page of Helvetica, as PDF 1.4 (ISO 32000) asks for it."""
    escaped = text.replace("\\", "/").replace("(", "[").replace(")", "]")
    words, lines = escaped.split(), [""]
    for word in words:
        lines = [*lines[:-1], f"{lines[-1]} {word}"] if len(lines[-1]) < 80 else [*lines, word]
    shown = "".join(f"({line.strip()}) Tj T* " for line in lines)
    stream = f"BT /F1 10 Tf 12 TL 50 780 Td {shown}ET".encode("latin-1")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    content, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    start = len(content)
    content += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % one for one in places)
    return content + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start


@layout(REQUEST, needs=("pypdf",))
def pdf_class_folders(place: Path) -> Expected:
    _files(place, ".pdf", lambda path, text: path.write_bytes(_pdf(text)))
    return _all()


@layout(REQUEST)
def label_tab_text(place: Path) -> Expected:
    """A label, a tab, a text on each line, and no header (as the SMS spam collection has it)."""
    lines = [f"{subject}\t{text}" for subject, text in passages()]
    (place / "Collection").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return _all()


@layout(REQUEST)
def fasttext_labels(place: Path) -> Expected:
    lines = [f"__label__{subject} {text}" for subject, text in passages()]
    (place / "passages.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return _all()


@layout(REQUEST)
def a_file_of_lines_for_each_class(place: Path) -> Expected:
    for name in NAMES:
        lines = [text for subject, text in passages() if subject == name]
        (place / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return _all()


@layout("Predict the subject.")
def text_column_among_others(place: Path) -> Expected:
    import pandas as pd

    frame = pd.DataFrame(passages(), columns=["subject", "text"])
    frame.insert(0, "length", frame["text"].str.len())
    frame.to_csv(place / "passages.csv", index=False)
    return Expected(_WORDS, 120, ("subject",), NAMES, sums={"length": float(frame["length"].sum())})


@layout("Predict the subject.")
def texts_json_lines(place: Path) -> Expected:
    lines = [json.dumps({"text": text, "subject": subject}) for subject, text in passages()]
    (place / "passages.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Expected(_WORDS, 120, ("subject",), NAMES)


@layout("Predict the subject.")
def texts_train_and_test(place: Path) -> Expected:
    import pandas as pd

    frame = pd.DataFrame(passages(), columns=["subject", "text"])
    frame[:90].to_csv(place / "train.csv", index=False)
    frame[90:].to_csv(place / "test.csv", index=False)
    return Expected(_WORDS, 120, ("subject",), NAMES, {"train": 90, "test": 30})


@layout(REQUEST)
def texts_beside_a_table(place: Path) -> Expected:
    lines = ["file,subject"]
    (place / "texts").mkdir()
    for number, (subject, text) in enumerate(passages()):
        _plain(place / "texts" / f"{number:03}.txt", text)
        lines.append(f"{number:03}.txt,{subject}")
    (place / "labels.csv").write_text("\n".join(lines) + "\n")
    return _all()


@layout("Predict 类别.")
def chinese_without_blanks(place: Path) -> Expected:
    """Sentences put together from real words of three subjects; no blanks between words."""
    import pandas as pd

    words = {"天气": "今天晴朗多云有雨气温下降大风降雪明天雾霾转晴",
             "饮食": "红烧牛肉面条米饭青菜豆腐鸡汤水饺烤鸭茶叶蛋",
             "交通": "地铁公交出租汽车高速公路火车站飞机场红绿灯堵车"}  # fmt: skip
    rows = []
    for number in range(120):
        name = list(words)[number % 3]
        text = words[name]
        start = (number * 7) % (len(text) - 6)
        rows.append((f"{text[start : start + 6]}{text[: 2 + number % 5]}。第{number}条", name))
    pd.DataFrame(rows, columns=["文本", "类别"]).to_csv(place / "句子.csv", index=False)
    return Expected(_WORDS, 120, ("类别",), tuple(sorted(words)))
