"""What the finished steps report, in the form in which wishes are judged by it."""

from dataclasses import dataclass, field
from typing import Any

from noglue.agent.protocols import Attempt


def targets_of(schema: dict[str, Any]) -> list[str | None]:
    """Of a schema's content: the column to predict, each of several, or the one that holds labels."""
    labels = schema.get("labels") or {}
    if labels.get("column"):
        return [str(labels["column"])]
    return [str(one["column"]) for one in schema.get("targets") or []] or [schema.get("target")]


@dataclass(frozen=True)
class Evidence:
    """attempts: tool → its last success. tried: kinds of model that were trained at all, members of blends too."""

    attempts: dict[str, Attempt] = field(default_factory=dict)

    @classmethod
    def of(cls, history: list[Attempt]) -> "Evidence":
        return cls({one.tool: one for one in history if one.result is not None})

    def result(self, tool: str) -> dict[str, Any]:
        attempt = self.attempts.get(tool)
        return dict(attempt.result or {}) if attempt is not None else {}

    def args(self, tool: str) -> dict[str, Any]:
        attempt = self.attempts.get(tool)
        return attempt.args if attempt is not None else {}

    @property
    def schema(self) -> dict[str, Any]:
        return dict(self.result("prepare").get("schema") or {})

    @property
    def learned(self) -> list[str | None]:
        """The columns that are the target, as the files call them."""
        return targets_of(self.schema)

    @property
    def features(self) -> list[str]:
        return [str(one["name"]) for one in self.schema.get("features", [])]

    @property
    def dropped(self) -> dict[str, str]:
        return dict(self.result("prepare").get("dropped") or {})

    @property
    def rows(self) -> dict[str, int]:
        return dict(self.schema.get("rows") or {})

    @property
    def tried(self) -> set[str]:
        trained = self.result("train")
        begun = (one for one in trained.get("candidates") or [] if one.get("begun", True))
        named = {str(trained.get("family"))} | {str(one.get("family")) for one in begun}
        members = (trained.get("settings") or {}).get("members") or {}
        return named | {str(name) for name in members}
