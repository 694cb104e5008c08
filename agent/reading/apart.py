"""Requests to tell made things from real ones, which speak of generating and yet ask for a classifier.

>>> find("tell real paintings from generated ones")
'tell … generated'
>>> find("generate paintings that nobody can tell from real ones")

A word of telling comes first and something made, forged or synthetic soon after it, with no word of making before that.
"""

import re
from functools import cache

_TELLING = (
    "tell", "tells", "telling", "distinguish*", "separate", "separating", "sort", "classify", "classifies",
    "classifier for", "detect*", "spot", "spots", "spotting", "flag", "flags", "identify", "identifies", "recogni*",
    "find", "finds", "catch", "expose", "decide", "predict*", "whether", "which", "is", "are",
    "unterscheide*", "erkenn*", "finde", "finden", "entlarve*", "trenne", "trennen", "klassifizier*", "ob", "welche*",
    "ist", "sind", "wurde", "wurden",
    "distingu*", "détect*", "repère*", "repérer", "trouve", "trouver", "reconnai*", "reconnaî*", "sépare*", "classe",
    "classer", "classifie*", "identifi*", "si", "quel*", "est", "sont",
    "detecta", "detectar", "encuentra", "encontrar", "clasifica*", "reconoce*", "separa", "separar", "qué", "cuál*",
    "es", "son", "fue", "fueron",
)  # fmt: skip
_MADE = (
    "generated", "synthetic", "synthesized", "synthesised", "fake", "fakes", "faked", "forged", "forgeries",
    "counterfeit*", "deepfake*", "artificial", "artificially",
    "generiert*", "ki-generiert*", "synthetisch*", "gefälscht*", "fälschungen", "künstlich*", "erzeugt*", "fakes",
    "généré*", "synthétique*", "faux", "fausse", "fausses", "falsifié*", "artificiel*",
    "generado*", "generada*", "sintétic*", "falso*", "falsa*", "falsificad*", "artificial*",
    "by a generative", "by a gan", "by a machine", "by a computer", "by ai", "by an ai", "from a gan",
    "gan images", "gan pictures", "gan faces", "gan photos", "gan-bilder*", "von einer ki", "par une ia", "por una ia",
)  # fmt: skip
_MAKING = (
    "generate", "generates", "generating", "make", "makes", "making", "create", "creates", "creating", "produce",
    "produces", "synthesize", "synthesise", "draw", "draws", "paint", "paints", "invent", "invents", "generator",
    "train a gan", "train a dcgan", "more faces", "more images",
    "erzeuge", "erzeugen", "generiere", "generieren", "mache", "machen", "erfinde", "erfinden", "male", "zeichne",
    "génère", "générer", "crée", "créer", "fais", "faire", "invente", "inventer", "dessine", "générateur",
    "genera", "generar", "crea", "crear", "haz", "hacer", "inventa", "inventar", "dibuja", "generador",
)  # fmt: skip
_NAMED = ("detection", "detector", "erkennung", "erkenner", "détection", "détecteur", "detección")
_BETWEEN = 8  # words


def find(text: str) -> str:
    """The two words that show it, or nothing. `text`: sources already masked."""
    text = text.lower()
    for made in _pattern(_MADE).finditer(text):
        before = text[: made.start()]
        if _pattern(_MAKING).search(before):
            return ""
        near = re.search(rf"(?:\w[\w'’-]*\W+){{0,{_BETWEEN}}}$", before)
        told = _pattern(_TELLING).search(before, near.start() if near else 0)
        if told:
            return f"{told[0]} … {made[0]}"
        after = re.match(r"\W+(?:\w+\W+){0,2}?" + _pattern(_NAMED).pattern, text[made.end() :])
        if after:
            return f"{made[0]}{after[0]}"
    return ""


@cache
def _pattern(entries: tuple[str, ...]) -> "re.Pattern[str]":
    """Any of these as a word of its own; a star stands for any ending."""
    parts = (re.escape(entry).replace(r"\*", r"\w*") for entry in sorted(entries, key=len, reverse=True))
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + r")(?!\w)")
