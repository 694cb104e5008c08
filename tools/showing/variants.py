"""One secret in every spelling that it may come back in: another case, encoded for a URL, for JSON, HTML or in base64.

>>> bool(re.search(pattern("p@ss w0rd", "&%"), "…pwd=P%40ss+w0rd"))
True
"""

import base64
import html
import re
import unicodedata
from functools import lru_cache

SHORT = 8  # up to here a secret counts only as a whole word
LONGEST = 200  # what is longer is looked for as it stands
ENCODERS = "%&\\+"  # without one of them in a text, nothing in it is written for a URL, for JSON or for HTML


@lru_cache(1024)
def pattern(secret: str, encoders: str = "") -> str:
    """A regular expression for IGNORECASE. encoders: those of `ENCODERS` that the text holds; empty is much faster."""
    spellings = dict.fromkeys(unicodedata.normalize(form, secret) for form in ("NFC", "NFD"))
    plain = [re.escape(one) for one in spellings]
    if encoders and len(secret) <= LONGEST:
        plain += ["".join(map(_encoded, one)) for one in spellings]
    whole = "|".join(plain)
    if len(secret) < SHORT or secret.isalpha() or secret.isdigit():
        whole = rf"(?:(?<![^\W_])|(?<=%[0-9A-F]{{2}})|(?<=\\[nrtu]))(?:{whole})(?![^\W_])"
    return "|".join([whole, *_packed(secret.encode())])


def _encoded(letter: str) -> str:
    """One character: as it is, percent-encoded once or twice, as an escape of JSON or Markdown, as an entity."""
    code = ord(letter)
    percent = "".join(f"%(?:25)?{byte:02X}" for byte in letter.encode("utf-8", "surrogatepass"))
    units = letter.encode("utf-16-be", "surrogatepass")
    escapes = "".join(rf"\\+u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
    forms = [re.escape(letter), percent, escapes, rf"&\#(?:0*{code}|x0*{code:x});"]
    if code < 256:
        forms.append(rf"\\+x{code:02x}")
    if not letter.isalnum():
        forms.append(rf"\\+{re.escape(letter)}")
    if (named := html.escape(letter)) != letter:
        forms.append(re.escape(named))
    if letter == " ":
        forms.append(r"\+")
    return f"(?:{'|'.join(forms)})"


def _packed(secret: bytes) -> list[str]:
    """In hexadecimal, and in base64 at each of the three places that it may have in a longer text."""
    found = [secret.hex()] if len(secret) >= 5 else []
    for before in range(3):
        packed = base64.b64encode(bytes(before) + secret).decode().rstrip("=")
        last = len(packed) - (1 if (len(secret) + before) % 3 else 0)  # the last letter knows what follows
        known = packed[(0, 2, 3)[before] : last]
        if len(known) >= 7:
            letters = re.escape(known).replace(r"\+", "[+-]").replace("/", "[/_]")
            found.append(f"(?-i:{letters})")
    return found
