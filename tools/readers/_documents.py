"""The text of one file, whatever it is: plain, a mail, HTML, PDF or Word; found by its first bytes, not by its ending.

Subject: lunch on Monday            → "lunch on Monday\\n\\nSee you at one."; of mails the subject and the body
From: a@example.org

See you at one.

<html><p>Fine <b>film</b></p>       → "Fine film"
%PDF-1.7 …                          → the text of its pages, by pypdf; pictures of pages hold none
PK… word/document.xml               → its paragraphs and tables, by python-docx
"""

import re
from html.parser import HTMLParser
from pathlib import Path

from noglue.tools.spec.errors import DataError, Kind

MOST_BYTES = 1 << 20  # of one text; the rest of a longer one is left out, and told
MOST_PACKED = 64 << 20  # bytes of a PDF or Word file
MOST_UNPACKED = 256 << 20
MOST_PAGES = 500
_HEADER = re.compile(r"(?:From |[A-Za-z][A-Za-z0-9-]*:(?:[ \t]|$))")
_MAIL = re.compile(r"^(from|subject|received|return-path|newsgroups|message-id|path|date|to|x-[\w-]+):", re.I | re.M)
_HTML = re.compile(r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.I | re.S)
_SILENT = ("script", "style", "noscript", "template", "svg")
_BLOCKS = (
    "p",
    "br",
    "div",
    "li",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "title",
    "section",
    "article",
    "blockquote",
)


def text_of(path: Path) -> str:
    """At most a million characters of the file's text. Raises ValueError, saying what is wrong with it.

    Also DataError `unreadable` where a library is missing.
    """
    try:
        with path.open("rb") as file:
            head = file.read(MOST_BYTES)
    except OSError as error:
        raise ValueError(f"it can't be opened ({error.strerror})") from error
    if not head.strip():
        raise ValueError("it is empty")
    if head.startswith(b"%PDF-"):
        return _of_pdf(path)
    if head.startswith(b"PK\x03\x04"):
        return _of_word(path)
    return of_bytes(head)


def of_bytes(head: bytes) -> str:
    """The text of plain text, a mail or HTML. Raises ValueError."""
    from noglue.tools.readers._encoding import encoding_of

    text = head.decode(encoding_of(head), "replace").removeprefix("\ufeff").replace("\0", "")
    if sum(character < " " and character not in "\t\n\r\f\x1b" for character in text[:4096]) > len(text[:4096]) / 50:
        raise ValueError("it is no text")
    if _HTML.match(text[:4096]):
        found = of_html(text)
    elif is_mail(text):
        found = _of_mail(head)
    else:
        found = text
    if not found.strip():
        raise ValueError("there is no text in it")
    return found.strip()


def is_mail(text: str) -> bool:
    """Lines of headers on top, two known ones among them, and a blank line below."""
    top, blank, _ = text[:20_000].replace("\r\n", "\n").partition("\n\n")
    lines = top.split("\n")
    headers = all(_HEADER.match(line) or line[:1] in (" ", "\t") for line in lines)
    return bool(blank) and headers and len(set(map(str.lower, _MAIL.findall(top)))) > 1


def _of_mail(data: bytes) -> str:
    """Subject and body; of several bodies the plain one, else the HTML one as text."""
    import email
    import email.policy
    from email.message import EmailMessage

    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    try:
        subject = str(message["subject"] or "")
        body = message.get_body(("plain", "html"))
        part = message if body is None else body
        content = part.get_content() if part.get_content_maintype() == "text" else ""
        html = part.get_content_subtype() == "html"
    except (LookupError, ValueError, AttributeError, TypeError):  # a charset that nobody knows, a header that is none
        from noglue.tools.readers._encoding import encoding_of

        whole = data.decode(encoding_of(data), "replace").replace("\r\n", "\n")
        subject, content, html = "", whole.partition("\n\n")[2], False
    text = of_html(content) if html else str(content)
    return f"{subject}\n\n{text}".strip()


class _Text(HTMLParser):
    """What a reader of the page sees."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in _SILENT
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent = max(0, self.silent - (tag in _SILENT))
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def of_html(page: str) -> str:
    """The text of a page, a line for each block.

    >>> of_html("<p>Fine <b>film</b></p><script>x()</script>")
    'Fine film'
    """
    parser = _Text()
    parser.feed(page)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _of_pdf(path: Path) -> str:
    """Raises ValueError for one that is damaged, locked, or holds pictures of pages alone."""
    import logging
    import warnings

    pypdf = _library("pypdf", "pypdf", "PDF files")
    if path.stat().st_size > MOST_PACKED:
        raise ValueError(f"it is larger than {MOST_PACKED >> 20} MB")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    parts: list[str] = []
    size = 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pdf = pypdf.PdfReader(path)  # type: ignore[attr-defined]
            if pdf.is_encrypted and not pdf.decrypt(""):
                raise ValueError("it is locked by a password")
            for page, _ in zip(pdf.pages, range(MOST_PAGES), strict=False):
                parts.append(page.extract_text())
                size += len(parts[-1])
                if size > MOST_BYTES:
                    break
    except ValueError:
        raise
    except Exception as error:  # pypdf raises whatever a damaged file leads it to
        raise ValueError(f"it is a damaged PDF ({type(error).__name__})") from error
    text = "\n".join(parts).strip()
    if not text:
        raise ValueError("it is a PDF without text: pictures of pages can't be read")
    return text[:MOST_BYTES]


def _of_word(path: Path) -> str:
    """Raises ValueError for a zip that is no Word file."""
    import zipfile

    docx = _library("docx", "python-docx", "Word files")
    try:
        with zipfile.ZipFile(path) as packed:
            if "word/document.xml" not in packed.namelist():
                raise ValueError("it is an archive or an office file, not a text")
            if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
                raise ValueError(f"unpacked it is larger than {MOST_UNPACKED >> 20} MB")
        document = docx.Document(str(path))  # type: ignore[attr-defined]
        lines = [paragraph.text for paragraph in document.paragraphs]
        lines += ["\t".join(cell.text for cell in row.cells) for table in document.tables for row in table.rows]
    except ValueError:
        raise
    except Exception as error:  # python-docx and lxml raise whatever a damaged file leads them to
        raise ValueError(f"it is a damaged Word file ({type(error).__name__})") from error
    text = "\n".join(lines).strip()
    if not text:
        raise ValueError("there is no text in it")
    return text[:MOST_BYTES]


def _library(module: str, package: str, what: str) -> object:
    """Raises DataError `unreadable` where it is not installed."""
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise DataError(
            Kind.UNREADABLE,
            f"To read {what}, {package} is needed, and it is not installed.",
            hint="pip install 'noglue[formats]' installs it.",
        ) from error
