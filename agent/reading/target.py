"""What is to be told, as the user put it: a named column, or a description.

    >>> find("Please predict the median price of a flat from ¦").words
    'the median price of a flat'

Works on the paragraph with sources, measures and limits replaced by gaps, so that what is left are words about the task.
"""

import re
from dataclasses import dataclass

from agent.reading.marks import GAP


@dataclass(frozen=True)
class Target:
    """`named`: the user said that it is a column; else it is a description. `rule`: which form of words it was."""

    words: str
    named: bool
    rule: str


_NAME = r"(?:\"([^\"]+)\"|'([^']+)'|“([^”]+)”|„([^“”]+)[“”]|«\s*([^»]+?)\s*»|`([^`]+)`|([\w][\w.-]*\w|\w))"
_IS = r"\s*(?:is called|is named|is the|is|called|named|heißt|ist|namens|s'appelle|nommée?|est|se llama|llamada|es|=|:)\s*"
_NAMED = (
    r"\b(?:target|label|dependent|outcome|response|ziel|cible|objetivo)(?:[\s-]?(?:column|variable|feature|spalte|variable|field))?"
    + _IS
    + r"(?:(?:called|named|the column|column|the)\s+)*"
    + _NAME,
    r"\b(?:ziel|label)(?:spalte|variable|größe)" + _IS + _NAME,
    r"\b(?:colonne|variable|columna)\s+(?:cible|objetivo)" + _IS + _NAME,
    r"\b(?:column|field|spalte|colonne|columna|variable)"
    + r"(?:\s*(?:is called|called|named|namens|heißt|nommée?|llamada|es|is|:)\s*|\s+)"
    + _NAME,
    r"(?:\bthe\s+|\bcolonne\s+)" + _NAME + r"\s+(?:column|field)\b",
    _NAME + r"\s+as (?:the )?(?:target|label|dependent variable|outcome|response)\b",
)
_NO_NAME = set(
    "in of and is are has with called named from the a that as names name des der die das und de la le les du dans et y del los las est ist which to for heißt se".split()
)

_STOP = (
    rf"(?=\s*(?:$|[{GAP}.;:!?()\[\]]|,(?!\d)|\s[-–—>]+\s|"
    r"\b(?:from|using|based on|given|with|by looking|according to|in|into|within|on|via|out of|for me|please|pls|as (?:well|good)|so that|because|since|and (?:tell|report|give|show|please|then|use|i)|"
    r"aus|anhand|mit|basierend|auf|in|im|bitte|nach|vorher|voraus|voraussagen|vorhersagen|"
    r"à partir|avec|dans|d'après|selon|sur|en utilisant|s'il|"
    r"a partir|con|según|usando|por favor|en|sobre)(?!\w)))"
)
_SOME = r"(?P<object>[^¦.;:!?()]+?)"
_VERB = (
    r"(?:predict(?:s|ing)?|predcit|forecast(?:ing)?|estimat(?:e|es|ing)|guess(?:ing)?|determin(?:e|ing)|infer|regress|detect(?:ing)?|recogni[sz](?:e|ing)|identify(?:ing)?|find(?! out)|find out|flag|spot|"
    r"tell(?: me)?|say|know|learn to (?:predict|tell|recogni[sz]e|read)|learn|read|name|distinguish(?: between)?|classify|clasify|model|score|see|decide|compute|calculate|"
    r"erkenne|bestimme|schätze|klassifiziere|unterscheide|finde(?: heraus)?|prognostiziere|berechne|sage?|"
    r"prédi[rs]e?|prédis|estime[rz]?|prévoi[rs]|deviner?|reconna[iî](?:tre|s)|détecte[rz]?|class(?:er|e|ifier|ifie)|distingue[rz]?|identifie[rz]?|trouve[rz]?|dis-moi|calcule[rz]?|régresse[rz]?|savoir|"
    r"predecir|predice|estimar?|calcular?|pronosticar?|pronostica|reconocer|reconoce|detectar?|clasificar?|distinguir|distingue|identificar?|adivinar?|saber|dime|filtrar|encontrar)"
)
_THE = r"(?:\s+(?:the|a|an|den|die|das|der|dem|le|la|les|l'|el|los|las|un|une|una|me|to me|mir|bei|how much|automatically))*?"
_ASK = (
    r"(?P<object>\b(?:who|whether|if an?|if the|if|what kind|which|what (?!is the|are|do|did|would|could|will (?:the|air|be)|can)\w+|whose|ob|wer|welche[rsnm]?|wie viele?|qui|si|quels?|quelles?|quel(?:le)?|combien|"
    r"quién(?:es)?|qué|si|cuánt[ao]s?|how (?:much|many|long|old|late|far|high|tall|likely it is that)|wie (?:lange|alt|teuer))\s[^¦.;:!?()]+?)(?=\s*(?:$|[¦.;:!?()]|,(?!\d)|\s[-–—>]+\s|\s(?:from|based on|using|aus|à partir|a partir|d'après|según)\s))"
)
_WHAT_IS = r"\b(?:what is|what's|what are|what will|how (?:high|large|big|strong|hot) (?:is|are|will)|wie (?:hoch|groß|stark|lautet) (?:ist|sind|wird)|was ist|quel(?:le)?s? (?:est|sont|sera)|cuál(?:es)? (?:es|son|será))\s+(?P<object>[^¦.;:!?()]+?)(?:\s+be)?(?=\s*(?:$|[¦.;:!?()]|,(?!\d)|\s(?:in the next|in|based|given|from)\s))"
_LAST = r"(?P<object>(?:\b[\w'-]+\s+){1,6}?)(?:zu\s+)?(?:vorherzusagen|vorhersagen|schätzen|prognostizieren|erkennen|bestimmen|klassifizieren|berechnen|wissen)\b"
_FOR = (
    r"\b(?:classifier|classifer|regressor|regression|classification|klassifikation|classificateur|clasificador|model|detector|filter)\s+(?:for|of|on|to (?:predict|tell|detect|find|recogni[sz]e)|nach|für|pour|para|de)"
    + _THE
    + r"\s+"
    + _SOME
    + _STOP
)
_BETWEEN = r"\b(?:in|into|as|en|als|between|entre|zwischen)\s+(?P<object>[\w-]+\s+(?:and|or|und|oder|et|ou|y|o|from|vs\.?)\s+[\w-]+)"
_CHOICE = r"(?P<object>\b(?:is|are|sind|ist|est|es|sont|son)\s+[^¦.;:!?()]+?\s(?:or|oder|ou|o)\s[^¦.;:!?(),]+?)(?=\s*(?:$|[¦.;:!?()]|,))|(?P<object2>\b[\w-]+\s(?:or|oder|ou|o|vs\.?)\s(?:not|nicht|non|no|[\w-]+))(?=\s*(?:$|[¦.;:!?()]|,|\s+\w+\s+\w+\s*$))"
_NEED = (
    r"\b(?:need|want|would like|möchte|brauche|voudrais|veux|quiero|need to know|interested in)\s+(?:to (?:know|have|get|predict)\s+)?(?:the|den|die|das|le|la|el)\s+"
    + _SOME
    + _STOP
)
_BY = (
    r"\b(?:subfolder|folder|ordner|ordnern|dossier|carpeta|file|directory|sorted|sortiert|classés?|separated|grouped)s?\b[^¦.;:!?()]*?\b(?:by|per|for each|nach|par|por|je)\s+"
    + _SOME
    + _STOP
    + r"|\b(?:espèce|une?|Rasse) (?P<object2>\w+) par dossier"
)

# Things that are looked at, not told; a description that is nothing but these says nothing about the target.
_THING = re.compile(
    r"^(?:the |an? |my |our |these |those |this |some |all |die |den |das |der |les? |la |l'|ces |mes |el |los |las |estas |mis |new |neue |unsere |each |every )*"
    r"(?:images?|pictures?|photos?|pics|photographs?|data|dataset|data ?set|files?|rows?|texts?|documents?|tables?|csv|recordings?|clips?|sounds?|audio|time series|examples?|samples?|items?|things?|stuff|them|it|this|that|these|something|everything|what it is|"
    r"bilder|bildern|fotos?|daten|datensatz|dateien|zeilen|texte|aufnahmen|zeitreihen?|es|sie|etwas|images|données|fichiers?|lignes|textes|enregistrements|quelque chose|imágenes|imagen|datos|archivos?|filas|textos|grabaciones|algo|label|labels|the answer|model|modell?|modèle|modelo|network|classifier|classes?|class|"
    r"accuracy|score|result|results|so|you|me|us)\b",
    re.I,
)
_FILLER = re.compile(
    r"^(?:(?:please|pls|bitte|por favor|s'il te plaît|and|und|et|y|then|hi|hello|so|the|an?|den|die|das|der|dem|des|le|la|les|el|los|las|l'|un|une|una|me|mir|moi|us|out|heraus|to|is|are|ist|sind|est|es|sont|that|of|"
    r"column|spalte|colonne|columna|value|whether|if|ob|si|wether|using|with|for|from|in|on|by|data|dataset|target|predict|accuracy|voraus|vorher)\b|[\s,:;.\-–>¿¡\"'])+",
    re.I,
)
_ENDING = re.compile(
    r"(?:\b(?:please|pls|bitte|por favor|from|in|on|with|the|a|of|for|and|using|aus|in|mit|und|dans|et|avec|y|con|de|data|as a number|als zahl|erkennen|vorher|voraus|vorhersagen|schätzen|be|is|it|in it)|[\s,:;.\-–>\"'=])+$",
    re.I,
)


def find(text: str, goal: str | None) -> Target | None:
    """The first form of words that fits. `text`: sources, measures and limits masked by gaps."""
    if goal == "generate":
        return None
    for pattern in _NAMED:
        for match in re.finditer(pattern, text, re.I):
            name = next((group for group in match.groups() if group), "")
            if name.lower() not in _NO_NAME and not _THING.match(name):
                return Target(name if not name.isdigit() else f"column {name}", True, "named as a column")
    for rule, pattern in _DESCRIBED:
        for match in re.finditer(pattern, text, re.I):
            groups = match.groupdict()
            words = _tidy(groups.get("object") or groups.get("object2") or "")
            if words and not _THING.match(words) and len(words.split()) <= 14:
                return Target(words, False, rule)
    return _what_is_left(text)


_DESCRIBED = (
    (
        "of two",
        rf"\b(?:{_VERB})\s+(?P<object>[\w\s-]{{2,40}}?\s(?:from|and|von|und|des?|de)\s[\w-]+){_STOP}"
        if False
        else rf"\b(?:tell|distinguish|unterscheide|distingue[rz]?|distinguir)\s+(?P<object>[\w'-]+\s+(?:from|and|von|und|des?|et|y|de)\s+[\w'-]+)",
    ),
    ("asked", _ASK),
    ("asked what is", _WHAT_IS),
    ("after a verb", rf"(?<![\w-]){_VERB}{_THE}\s+{_SOME}{_STOP}"),
    ("before a verb", _LAST),
    ("a model for", _FOR),
    ("one or the other", _CHOICE),
    ("into two", _BETWEEN),
    ("needed", _NEED),
    ("sorted by", _BY),
)


def _tidy(words: str) -> str:
    """Without articles and filling words at either end; a description keeps its question word."""
    words = re.sub(rf"[{GAP}\s]+", " ", words).strip()
    return _ENDING.sub("", _FILLER.sub("", words)).strip(" ,'\"¿?")


def _what_is_left(text: str) -> Target | None:
    """A terse request ("houses.csv price rmse") leaves little but the target."""
    pieces = [_tidy(piece) for piece in re.split(rf"[{GAP}.;:!?(),]|\s[-–]\s", text)]
    pieces = [piece for piece in pieces if piece and not _THING.match(piece)]
    words = " ".join(pieces).split()
    if len(pieces) == 1 and 1 <= len(words) <= 3 and GAP in text:
        return Target(pieces[0], False, "all that is left")
    return None
