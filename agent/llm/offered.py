"""Which models a server offers, and under which address: `/v1` or not, a list or none, embeddings first.

>>> chats({"data": [{"id": "text-embed-v2"}, {"id": "small-chat-7b-instruct"}]})
(['small-chat-7b-instruct'], ['text-embed-v2', 'small-chat-7b-instruct'])
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from noglue.agent.llm.choice import NO_KEY, Choice
from noglue.agent.llm.connect import EXTRA
from noglue.agent.llm.transport import Guard, Refused, Unreadable, cause
from noglue.tools.spec.errors import BadUsage, Kind, StepFailed, ToolError

DEFAULT = "default"  # what a server is asked for that does not say what it has; most serve one model under any name
MOST, LONGEST, SHOWN = 2_000, 200, 8
_VERSIONED = re.compile(r"/v\d+\w*(/openai)?$")
_NO_CHAT = re.compile(
    r"embed|rerank|whisper|transcri|moderat|diffusion|dall-?e|(^|[-_/.:])(tts|stt|asr|clip|siglip|bge|gte|e5|flux|sdxl?|vae|ocr"
    r"|reward|guard|minilm|colbert|kokoro|bark|musicgen|wav2vec\d?|speech|audio|image|video|vision-encoder|mpnet|instructor"
    r"|splade)([-_/.:\d]|$)",
    re.IGNORECASE,
)
_OTHER_KINDS = re.compile(
    r"embed|rerank|rank|whisper|transcri|speech|audio|image|moderat|classif|feature", re.IGNORECASE
)


class Offer(NamedTuple):
    """base: the address below which `chat/completions` lies. names: that chat, the first first. note: for people."""

    base: str
    names: list[str]
    note: str = ""


def offer(choice: Choice, guard: Guard) -> Offer:
    """What an OpenAI-compatible server has. Raises BadUsage `model`, StepFailed `model-unreachable`."""
    try:
        import openai
    except ImportError as error:
        raise BadUsage(Kind.MISSING_PACKAGE, "Asking a server for its models needs openai.", hint=EXTRA) from error
    base = str(choice.base_url)
    if choice.name and _VERSIONED.search(base):
        return Offer(base, [choice.name])
    key = {"Authorization": f"Bearer {choice.key}"} if choice.key not in (None, NO_KEY) else {}
    client = openai.DefaultHttpxClient(transport=guard.transport, headers=key)
    try:
        found = guard.within(lambda: _list(base, lambda url: client.get(url).json()))
    except ToolError:
        raise
    except Exception as error:
        said = " ".join(str(cause(error)).split())
        raise StepFailed(
            Kind.MODEL_UNREACHABLE, f"{base} did not say which models it has: {said}", hint="Is it running?"
        ) from error
    if choice.name:
        return Offer(found.base, [choice.name])
    return found


def _list(base: str, get: Callable[[str], Any]) -> Offer:
    """Raises BadUsage for a server that has no model to talk to; what goes wrong with the connection as it is."""
    bare = _VERSIONED.search(base) is None
    absent = f"{base}/v1" if bare and base.count("/") == 2 else base
    pages = 0
    for one in [base, f"{base}/v1"] if bare else [base]:
        try:
            found = chats(get(f"{one}/models"))
        except Refused as refused:
            if refused.status in (401, 403):
                return Offer(
                    one if not bare else absent, [DEFAULT], f"{one} does not say which models it has: {refused}"
                )
            continue
        except Unreadable:
            pages += 1
            continue
        if found is not None:
            return Offer(one, *_taken(one, *found))
    if pages == (2 if bare else 1):
        raise Unreadable("there is a web page, no OpenAI-compatible server (its address mostly ends in /v1)")
    naming = f"--model {absent}#NAME names one"
    return Offer(
        absent, [DEFAULT], f"{absent} does not say which models it has; it is asked for its default one ({naming})"
    )


def _taken(base: str, names: list[str], every: list[str]) -> tuple[list[str], str]:
    shown = ", ".join(every[:SHOWN]) + (f" and {len(every) - SHOWN} more" if len(every) > SHOWN else "")
    if not every:
        raise BadUsage(Kind.MODEL, f"{base} has no model.", hint=f"Load one, or name it: --model {base}#NAME.")
    if not names:
        why = f"{base} has no model that answers questions, by their names: {shown}."
        raise BadUsage(Kind.MODEL, why, hint=f"Name one that does: --model {base}#NAME.")
    if len(every) == 1:
        return names, ""
    return (
        names,
        f"{base} offers {len(every)} models ({shown}); {names[0]} is asked (--model {base}#NAME names another)",
    )


def chats(content: Any) -> tuple[list[str], list[str]] | None:
    """Names of the models that chat, as far as can be told, and of all; None where there is no list."""
    listed = content.get("data", content.get("models")) if isinstance(content, dict) else content
    if not isinstance(listed, list):
        return None
    names: dict[str, bool] = {}
    for one in listed[:MOST]:
        entry = one if isinstance(one, dict) else {"id": one}
        name = next((entry[key] for key in ("id", "name", "model") if isinstance(entry.get(key), str)), "")
        if name.strip() and len(name) <= LONGEST and name.isprintable():
            names.setdefault(name, _can_chat(name, entry))
    return [name for name, able in names.items() if able], list(names)


def _can_chat(name: str, entry: dict[str, Any]) -> bool:
    kinds = " ".join(str(entry[key]) for key in ("type", "task", "model_type") if isinstance(entry.get(key), str))
    able = entry.get("capabilities")
    if isinstance(able, dict) and able.get("completion_chat") is False:
        return False
    return not _NO_CHAT.search(name) and not _OTHER_KINDS.search(kinds)


def at(choice: Choice, found: Offer) -> Choice:
    """The choice as the server has it."""
    return replace(choice, base_url=found.base, name=found.names[0])
