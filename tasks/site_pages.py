"""The decisions in the site's navigation: one more file in docs/decisions/ is one more page, without a list to keep.

mkdocs calls `on_config` (`hooks` in mkdocs.yml) before it looks at the pages.

    >>> on_config({"docs_dir": "docs", "nav": [{"Inside": ["architecture.md", "decisions/README.md"]}]})["nav"]
    [{'Inside': ['architecture.md', {'Decisions': ['decisions/README.md', 'decisions/0001-packages-and-steps.md', …]}]}]
"""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

INDEX = "decisions/README.md"


def on_config(config: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The same settings, the index of the decisions with all of them under it."""
    folder = Path(config["docs_dir"]) / "decisions"
    pages = [f"decisions/{file.name}" for file in sorted(folder.glob("[0-9]*.md"))]
    config["nav"] = _with(config["nav"], pages)
    return config


def _with(nav: Any, pages: list[str]) -> Any:
    if nav == INDEX:
        return {"Decisions": [INDEX, *pages]}
    if isinstance(nav, list):
        return [_with(one, pages) for one in nav]
    return {title: _with(one, pages) for title, one in nav.items()} if isinstance(nav, dict) else nav
