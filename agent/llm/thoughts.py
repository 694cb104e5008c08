"""What a model says aloud, without what it thought before.

>>> spoken('<think>Maybe {"target": "age"}?</think>{"target": "price"}')
'{"target": "price"}'
>>> spoken('Maybe {"target": "age"}? No.\\n</think>\\n{"target": "price"}')      # the template wrote the opening tag
'{"target": "price"}'
>>> spoken('<think>Maybe {"target": "age"}') is None                          # cut off in the middle of a thought
True

Families mark their thoughts in their own ways; a draft inside of them is never an answer. Sources: the chat templates
of DeepSeek-R1 and Qwen3 (<think>), Magistral ([THINK]), gpt-oss (the harmony format's channels), Kimi (◁think▷), Cohere
(<|START_THINKING|>), Seed-OSS (<seed:think>), Granite and Sky-T1 (<|begin_of_thought|>).
"""

import re

_NAMES = (
    r"(?:seed:|antml:)?(?:think(?:ing)?|thoughts?|reason(?:ing)?|reflection|analysis|scratchpad|inner_monologue|cot|details)"
    r"(?:_process|_mode)?"
)
_OPENING = re.compile(
    rf"<\|?{_NAMES}(?:\s[^<>]{{0,200}})?\|?>|\[{_NAMES}\]|◁{_NAMES}▷|<\|(?:START_THINKING|begin_of_{_NAMES})\|>|<unused94>|<\|channel>",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    rf"<\|?/{_NAMES}\|?>|\[/{_NAMES}\]|◁/{_NAMES}▷|<\|(?:END_THINKING|end_of_{_NAMES}|/?end_{_NAMES})\|>|<unused95>|<channel\|>",
    re.IGNORECASE,
)
# harmony: <|channel|>analysis<|message|>…<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>…
_CHANNEL = re.compile(r"<\|channel\|>\s*(\w*)")
_HEADER = re.compile(r"(?:[^<\n]|<\|constrain\|>){0,100}<\|message\|>")
_ENDS = re.compile(r"<\|(?:end|return|call|start|im_end|eot_id|channel)\|>")
_PLAIN = ("analysis", "assistantfinal")  # what is left of the channels where the marks were dropped
_SOLUTION = re.compile(
    r"<\|(?:begin_of_solution|end_of_solution|START_RESPONSE|END_RESPONSE)\|>|</?(?:answer|response)>"
)
SPEAKS = ("final", "response", "answer")


def spoken(text: str) -> str | None:
    """The text after the last thought; None where a thought is not closed, so that nothing after it came."""
    if _CHANNEL.search(text):
        return _final(text)
    if text.lstrip().startswith(_PLAIN[0]) and _PLAIN[1] in text:
        text = text.rpartition(_PLAIN[1])[2]
    closings = list(_CLOSING.finditer(text))
    rest = text[closings[-1].end() :] if closings else text
    if _OPENING.search(_without_strings(rest)):
        return None
    return _SOLUTION.sub("", rest)


def _final(text: str) -> str | None:
    """The last channel of a harmony message, where it is one that is meant to be read; else None."""
    last = list(_CHANNEL.finditer(text))[-1]
    if last[1].lower() not in SPEAKS:
        return None
    rest = text[last.end() :]
    if header := _HEADER.match(rest):
        rest = rest[header.end() :]
    end = _ENDS.search(rest)
    return rest[: end.start()] if end else rest


def _without_strings(text: str) -> str:
    """What stands outside of quotes: a tag that an answer quotes opens no thought."""
    return re.sub(r'"(?:[^"\\\n]|\\.)*+"?', '""', text)
