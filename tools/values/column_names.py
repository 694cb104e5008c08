"""Columns as a request names them, in the spelling of the file: named is named, never the nearest other one.

>>> named(["House Price", "rooms"], ["house_price"], "leave out")
['House Price']
"""

import re
from collections.abc import Sequence

from noglue.tools.spec.errors import DataError, Kind

MOST_LISTED = 12  # columns, in an error


def named(names: Sequence[str], wanted: Sequence[str], purpose: str) -> list[str]:
    """Each wanted name as the file writes it; case, blanks, dots and underscores don't count. Each is given once.

    purpose: what they are named for, as the verb in a message. Raises DataError `missing-columns`, `ambiguous-column`.
    """
    found: dict[str, None] = {}
    for name in wanted:
        alike = [name] if name in names else [one for one in names if plain(one) == plain(name)]
        if len(alike) > 1:
            raise DataError(
                Kind.AMBIGUOUS_COLUMN,
                f"{name!r}, which was named to {purpose}, may be {' or '.join(map(repr, alike))}.",
                hint="Write it exactly as the file does.",
                columns=alike,
            )
        if not alike:
            more = " …" if len(names) > MOST_LISTED else ""
            raise DataError(
                Kind.MISSING_COLUMNS,
                f"There is no column {name} to {purpose}.",
                hint=f"There are: {', '.join(names[:MOST_LISTED])}{more}.",
                columns=[name],
            )
        found[alike[0]] = None
    return list(found)


def plain(name: str) -> str:
    """`Sale Price`, `sale_price` and `SalePrice` are one name."""
    return re.sub(r"[\W_]+", "", name).casefold()
