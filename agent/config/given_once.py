"""Flags that take one value: given twice with different values, they are refused; the last does not win in silence.

noglue generate latest --label cat --label dog
Error: --label takes one value, and is given 2: cat, dog. Name one of them.
"""

import copy
from typing import Any

import typer.core


class GivenOnce(typer.core.TyperCommand):
    """A command of such flags; those that may be repeated say so in their help."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        for flag, values in self._values(ctx, args):
            different = list(dict.fromkeys(values))
            if len(different) > 1:
                listed = ", ".join(different)
                ctx.fail(f"{flag} takes one value, and is given {len(different)}: {listed}. Name one of them.")
        return super().parse_args(ctx, args)

    def _values(self, ctx: Any, args: list[str]) -> list[tuple[str, list[str]]]:
        """Each flag of one value, with all that it is given."""
        listing, single = copy.copy(self), []
        listing.params = [copy.copy(one) for one in self.params]
        for one in listing.params:
            if isinstance(one, typer.core.TyperOption) and not (one.is_flag or one.multiple or one.count):
                one.multiple = True
                single.append(one)
        given = listing.make_parser(ctx).parse_args(args=list(args))[0]
        return [(one.opts[0], list(map(str, given.get(one.name) or []))) for one in single]
