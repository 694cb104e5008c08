"""Decisions travel as data: no code asks what stands in a sentence that was written for people.

By name, as far as that goes: what is called `why`, `reason`, `message`, `hint`, `doubts`, `notes` or `evidence` is
shown, and never compared, searched or taken apart. What a stranger's library says is another thing (`str(error)`).
"""

import ast
from collections.abc import Iterator

import pytest

from tests.test_structure import FILES, name, tree

SENTENCES = {
    *("why", "reason", "message", "hint", "doubt", "doubts", "note", "notes", "evidence", "split_why", "target_why"),
}
TAKES_APART = {
    "startswith",
    "endswith",
    "removeprefix",
    "removesuffix",
    "partition",
    "rpartition",
    "find",
    "index",
    "count",
}
PATTERNS = {"match", "search", "fullmatch", "findall", "finditer"}


def called(node: ast.expr) -> str | None:
    """What a value is called: `wish.why`, `why`, `one["why"]`, `one.get("why", "")`, `task.evidence.get(field)`."""
    match node:
        case ast.Attribute(attr=attr):
            return attr
        case ast.Name(id=id):
            return id
        case ast.Subscript(slice=ast.Constant(value=str(key))) if key in SENTENCES:
            return key
        case ast.Subscript(value=value):
            return called(value)
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str(key)), *_]) if key in SENTENCES:
            return key
        case ast.Call(func=ast.Attribute(value=value)):
            return called(value)  # why.lower(), evidence.get(field)
        case ast.Call(func=ast.Name(id="str"), args=[value]):
            return called(value)
        case ast.BoolOp(values=[first, *_]):
            return called(first)
    return None


def is_sentence(node: ast.expr) -> bool:
    return called(node) in SENTENCES


def compared(node: ast.Compare) -> bool:
    """A sentence beside other words than none, or asked for a part; `field in task.evidence` asks a mapping."""
    sides = [node.left, *node.comparators]
    for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
        match operator:
            case ast.Eq() | ast.NotEq():
                codes = [one for one in (left, right) if isinstance(one, ast.Constant) and one.value in ("", None)]
                codes += [one for one in (left, right) if isinstance(one, ast.Name) and one.id.isupper()]
                if not codes and (is_sentence(left) or is_sentence(right)):
                    return True
            case ast.In() | ast.NotIn():
                keyed = isinstance(right, ast.Attribute | ast.Name) and called(right) == "evidence"
                if is_sentence(right) and not keyed:
                    return True
    return False


def readings(module: ast.Module) -> Iterator[int]:
    """The lines on which a sentence is read."""
    for node in ast.walk(module):
        match node:
            case ast.Compare() if compared(node):
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr=attr, value=value), args=args):
                read = is_sentence(value) if attr in TAKES_APART else attr in PATTERNS and any(map(is_sentence, args))
                if read:
                    yield node.lineno
            case ast.Match(subject=subject) if is_sentence(subject):
                yield node.lineno


def test_no_sentence_is_read() -> None:
    at_fault = [f"{name(file)}:{line}" for file in FILES for line in readings(tree(file))]
    assert at_fault == [], "give the decision a field of its own, beside the words"


@pytest.mark.parametrize(
    "line",
    [
        'found.why == "named"',
        'step.why.partition(":")',
        'candidate.why.startswith("named")',
        'any(why.startswith("an identifier") for why in dropped.values())',
        '"no time" in note',
        'rules.evidence.get(field, "").startswith("encoder")',
        'error["message"].lower().endswith("spent")',
        're.search("spent", error.message)',
        "before in bound.why",
    ],
)
def test_what_would_be_found(line: str) -> None:
    assert list(readings(ast.parse(line))) == [1]


@pytest.mark.parametrize(
    "line", ['wish.why == ""', '"family" in task.evidence', "error.kind == Kind.BUG", "self.reason[rows] == IN_USE"]
)
def test_what_is_no_reading(line: str) -> None:
    assert list(readings(ast.parse(line))) == []
