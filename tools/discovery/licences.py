"""What a licence does not allow, in words. A doubt, never a refusal: what the user may do he knows himself.

>>> doubt("CC BY-NC-ND 4.0")
'its licence (CC BY-NC-ND 4.0) allows no commercial use and no sharing of modified copies'
"""

import re

_LIMITS = (
    (r"\bnc\b|non[- ]?commercial|research (use|purposes)? ?only|academic use|educational", "no commercial use"),
    (r"\bnd\b|no[- ]?derivatives?", "no sharing of modified copies"),
    (r"no[- ]?redistribution|not (be )?redistribut|may not be (shared|distributed)", "no redistribution"),
    (r"competition|kaggle rules|subject to (the )?rules", "use only by the rules of its competition"),
)
_UNKNOWN = re.compile(r"unknown|not stated|not specified|other|unspecified|see |none", re.I)


def doubt(licence: str | None) -> str | None:
    """None for a licence that leaves little to doubt."""
    if not licence:
        return "its licence is not stated"
    found = [what for pattern, what in _LIMITS if re.search(pattern, licence, re.I)]
    if found:
        return f"its licence ({licence[:80]}) allows {' and '.join(found)}"
    if _UNKNOWN.match(licence):
        return f"its licence is not clear ({licence[:80]})"
    return None
