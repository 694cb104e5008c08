"""The prompt files, rendered strictly: a variable that is missing raises.

    {{ columns | data("columns") }}   →   <data name="columns">
                                          [{"name": "Age", …}]
                                          </data>

What comes from files, pages and columns stands in such blocks only. `<` in it is escaped, so that nothing inside can
end the block.
"""

import json
from pathlib import Path
from typing import Any

from noglue.tools.spec import goals, modalities

FOLDER = Path(__file__).parent / "prompts"


def render(name: str, **material: Any) -> str:
    """`prompts/NAME.md` with its variables filled in; what can be learned, and of what, is known to all of them."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["data"] = data
    known = [goals.load(goal) for goal in goals.names()]
    environment.globals |= {
        "goals": [f'"{goal.name}" ({goal.thing})' for goal in known],
        "of_columns": [f'"{goal.name}"' for goal in known if goal.predicts],
        "modalities": [f'"{modality}"' for modality in modalities.names()],
    }
    return environment.get_template(f"{name}.md").render(material).strip()


def data(content: Any, name: str) -> str:
    """A delimited block of quoted data."""
    quoted = json.dumps(content, ensure_ascii=False, indent=None).replace("<", "\\u003c")
    return f'<data name="{name}">\n{quoted}\n</data>'
