"""The numbers and the jargon of a paragraph: budget, labels, rows, seed, device, offline, attacks, privacy.

>>> [(mark.kind, mark.value) for mark in find("within 10 minutes, on the cpu, with only 100 labels")]
[('budget_seconds', 600.0), ('device', 'cpu'), ('labels', 100)]
"""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from noglue.agent.request.marks import Mark, free, unwanted

_WORDS: dict[str, float] = tomllib.loads((Path(__file__).parent / "numbers.toml").read_text(encoding="utf-8"))
_NUMBER = (
    r"(?:\d+(?:[.,\s'’]\d{3})*(?:[.,]\d+)?|"
    + "|"
    r"".join(sorted(map(re.escape, _WORDS), key=len, reverse=True))
    + r")"
)
_SCALE = r"(?:\s?(?P<scale>k|thousand|m|mio\.?|million|millions|tausend|mille|mil|millionen|millones))?"
_UNITS = {
    r"demi-heures?|halben? stunde|half an hour|media hora": 1800.0,
    r"quarts? d'heure|viertelstunden?|quarters? of an hour|cuartos? de hora": 900.0,
    r"s|secs?|seconds?|sek\.?|sekunden?|secondes?|segundos?": 1.0,
    r"m(?![\d²³])|mins?|minutes?|min\.|minuten?|minutos?|minutes": 60.0,
    r"h|hrs?|hours?|std\.?|stunden?|heures?|horas?": 3600.0,
    r"days?|tagen?|tage|jours?|días?": 86400.0,
}
_UNIT = "(?P<unit>" + "|".join(_UNITS) + ")"
_TIME = re.compile(
    rf"(?<![\w.:/])(?P<number>{_NUMBER})(?:(?<=\d)[\s-]*|[\s-]+){_UNIT}(?P<half>\s+and\s+a\s+half|\s+et\s+demie?|"
    r"\s+y\s+media)?(?:\s?(?P<more>\d\d?)\s?(?:m|min|minutes?|minuten|minutos)?)?(?![\w-]*\w)",
    re.I,
)
_BUDGET_BEFORE = re.compile(
    r"\b(?:in|within|under|max|maximum|up to|at most|(?:no |not )?(?:more|longer) than|less than|give it|"
    r"stop after|"
    r"not more than|takes?|spend|spare|budget|limit|you have|you've got|got|have|give you|time|"
    r"for|after|around|about|use|"
    r"höchstens|maximal|(?:mehr|länger) als|innerhalb(?: von)?|in|binnen|unter|hast|zeit|budget|bis zu|"
    r"nicht länger als|weniger als|"
    r"en|moins d[e']|plus d[e'](?: ?une?)?|vous avez|avez|au plus|maximum|max|tu as|durée|dispose[sz]? de|"
    r"pendant|temps|"
    r"en|menos de(?: una?)?|más de(?: una?)?|tiene|tienen|máximo|tienes|como mucho|hasta|durante|tiempo|"
    r"presupuesto)\W*(?:of|de|von|is|"
    r":|=|about|etwa|environ|unos)?\W*$",
    re.I,
)
_NOT_BUDGET_BEFORE = re.compile(
    r"\b(?:next|last|past|previous|coming|every|each|per|nächsten?|letzten?|vergangenen|"
    r"kommenden|alle|jede|prochaine?s?|derniere?s?|dernière?s?|toutes les|chaque|próxim[ao]s?|"
    r"últim[ao]s?|cada|how many|wie viele)\s*$",
    re.I,
)
_NOT_BUDGET_AFTER = re.compile(
    r"^\W{0,2}(?:clips?|recordings?|windows?|ahead|late|long|old|of (?:audio|speech|sound|data|"
    r"music)|ago|later|apart|intervals?|resolution|samples?|segments?|snippets?|steps?|each|"
    r"from now|in advance|songs?|"
    r"voraus|aufnahmen|alt|lang|später|vorher|audio|d'audio|enregistrements|à l'avance|"
    r"plus tard|de audio|grabaciones|después|antes)\b",
    re.I,
)
_BUDGET_AFTER = re.compile(
    r"^\W{0,2}(?:max|maximum|budget|limit|tops|at most|is (?:all|enough)|should|or less|"
    r"(?:is|are|will be|would be) (?:plenty|enough|all|fine|ok|okay|the (?:limit|most|maximum))|and (?:no|"
    r"not) more|won't do|will do|"
    r"rechenzeit|sind genug|genügen|müssen reichen|sollten? (?:reichen|genügen)|de (?:calcul|cálculo|cómputo|"
    r"entrenamiento|entraînement)|"
    r"suffit|suffiront|suffira|devrai(?:t|ent) suffire|son suficientes|deben bastar|basta|"
    r"of (?:training|compute|computing|time|work)|on (?:the |my |an? )?(?:gpu|cpu|cuda)|training|zeit|"
    r"höchstens|maximal|reichen|au plus|maximum|suffisent|como máximo|máximo|bastan|de tiempo)\b",
    re.I,
)

_ONLY = (
    r"(?:only|just|at most|max(?:imum|imal)?\.?|first|no more than|not more than|up to|"
    r"limit(?:ed)? to|nur|höchstens|die ersten|bis zu|seulement|au plus|au maximum|"
    r"les premi[eè]re?s|que|solo|sólo|como mucho|como máximo|máximo|las primeras|use|take|"
    r"sample)"
)
_ROW = (
    r"(?:rows?|lines?|records?|samples?|examples?|instances?|entries|zeilen|datensätze|"
    r"beispiele|lignes|exemples|enregistrements|filas|líneas|registros|ejemplos)"
)
_ROWS = re.compile(
    rf"\b{_ONLY}\s+(?:the\s+|of\s+|de\s+)?(?:first\s+)?(?P<number>{_NUMBER}){_SCALE}\s+{_ROW}\b"
    rf"|(?<![\w.])(?P<number2>{_NUMBER})(?:\s?(?P<scale2>k|m|million|thousand|tausend|mille|"
    rf"mil))?\s+{_ROW}\s+(?:is|are|max|maximum|at most|should|will|reichen|genügen|maximal|"
    r"au plus|suffisent|como|bastan|máximo)\b",
    re.I,
)
_LABELLED = (
    r"(?:label(?:l?ed|s)?|annotat(?:ed|ions?)|tagged|gelabelte[nr]?|beschriftete[nr]?|beschriftung|"
    r"annotierte[nr]?|beschriftungen|étiquet(?:tes?|ée?s?)|annoté?e?s?|etiquet(?:ad[ao]s?|as?)\b|"
    r"anotad[ao]s?)"
)
_THING = (
    r"(?:images?|examples?|samples?|pictures?|photos?|rows?|points?|instances?|texts?|items?|"
    r"bilder[n]?|beispiele[n]?|fotos?|exemples?|imágenes|ejemplos)"
)
_LABELS = re.compile(
    rf"(?<![\w.])(?P<number>{_NUMBER}){_SCALE}[\s-]+(?:(?:{_THING}|of|are|is|have|with|the|its|"
    rf"sind|sont|están|als|mit|con|avec)\s+){{0,4}}"
    rf"(?:(?P<of>(?:(?:of|in|per|for)\s+)?(?:each|every|per)\s+\w+)\s+(?:(?:are|is|be|as)\s+)*)?"
    rf"{_LABELLED}(?:\s+{_THING})?(?P<each>\s+(?:(?:per|for each|for every|of each|of every|in each|each|pro|je|"
    rf"par|por|"
    r"de cada|por cada|de chaque|pour chaque|für jede|von jeder?|zu jedem)\s+(?!(?:hand|mano|uns|nous)\b)\w+|"
    r"a (?:class|category)))?",
    re.I,
)
_NOT_LABELS = re.compile(r"\b(?:has|have|into|are|of|the|hat|in|a|dans|tiene)\s*$", re.I)
_SEED = re.compile(
    rf"\b(?:(?:random[\s_-]?)?(?:seed|state)|startzahl(?: des zufalls)?|startwert|zufallsstart(?:wert)?|"
    rf"zufallszahl|"
    rf"graine(?: aléatoire)?|semilla(?: aleatoria)?)\s*"
    rf"(?:of|is|number|=|:|seed|de|von|should be|shall be|must be|soll|sei|ist|sera|debe ser|doit être|bitte|"
    rf"auf|à|en|a|es|"
    rf"will be|como)?\s*(?:to\s+|=\s*)?({_NUMBER})(?:\s+sein)?\b"
    rf"|\b({_NUMBER}) (?:as|als|comme|como) (?:the |die |der |den |das |la )?(?:random )?(?:seed|startwert|"
    rf"startzahl|graine|semilla)\b",
    re.I,
)

_DEVICES: tuple[tuple[str, "str | Callable[[re.Match[str]], str]"], ...] = (
    (r"\bcuda\s?:\s?\d+\b", lambda match: re.sub(r"\s", "", match[0].lower())),
    (r"\bgpu\s?(?:number\s?|no\.?\s?|#|:)?\s?([0-7])\b", lambda match: f"cuda:{match[1]}"),
    (
        (
            r"\b(?:no|without(?: a| any)?|(?:not?|don't|do not|never) (?:use |run |"
            r"train )?(?:it )?(?:on )?(?:a |the )?|nicht auf der|pas sur (?:le|la)|no (?:uses|en) (?:la |el )?|"
            r"ohne|kein[e]?|keine|sans|pas de|sin|"
            r"ninguna)\s*(?:gpu|grafikkarte|carte graphique|tarjeta gráfica|graphics card|cuda)\b"
        ),
        "cpu",
    ),
    (
        (
            r"\bmps\b|\bmetal gpu\b|\bapple silicon\b|\bmac(?:book)?\b[^.;]{0,20}\bgpu\b|\bm[1-5]\s(?:pro |"
            r"max |ultra )?(?:gpu|mac)\b|\bgpu\b[^.;]{0,20}\bmac(?:book)?\b"
        ),
        "mps",
    ),
    (r"\bcpu\b|\bprozessor\b|\bprocesseur\b|\bprocesador\b|\bprocessor only\b", "cpu"),
    (
        (
            r"\bcuda\b|\bgpus?\b|\bgraphics card\b|\bgrafikkarte\b|\bcarte graphique\b|\btarjeta gráfica\b|"
            r"\bnvidia\b"
        ),
        "cuda",
    ),
)
_OFFLINE = re.compile(
    r"\b(?:offline|air-?gapped|"
    r"nothing (?:may|must|should|can) leave (?:this|the|our|my) (?:computer|machine|house|building|laptop|network)|"
    r"(?:don't|do not|never|must not) (?:connect to|use|touch|go on) the (?:internet|network|web|net)|"
    r"nichts darf (?:das haus|den rechner|das netz) verlassen|"
    r"rien ne (?:doit|peut) (?:quitter|sortir de) (?:la|cette|notre) machine|"
    r"nada (?:debe|puede) salir de (?:este|nuestro) (?:ordenador|equipo)|"
    r"(?:don't|do not|never|must not|mustn't) (?:go|be|get) online|(?:nicht|nie) (?:ins|in das|"
    r"mit dem) (?:internet|netz)(?: gehen| verbinden)?|"
    r"(?:sin|sans) (?:acceso|conectar(?:se|te)?|conexión|se connecter|accéder|accès|aucune? (?:connexion|accès|"
    r"réseau))(?: (?:a|à|au|a la|l'|al)? ?(?:internet|red|réseau|net))?|"
    r"sans (?:le )?(?:réseau|net)(?! (?:de )?neuron)|rester? hors ligne|"
    r"(?:pas|aucun) d'accès (?:à|au) (?:internet|réseau)|"
    r"hors[\s-]ligne|off the (?:network|internet|net)|"
    r"(?:work|run|stay|be|computer|machine|laptop) (?:is |fully )?disconnected|"
    r"(?:no|without(?: an?y?| the)?|don'?t have(?: an?y?)?|not connected to(?: the)?)\s+(?:internet|"
    r"network|web|net|connection|online access|wifi)(?:\s(?:access|connection))?|"
    r"(?:ohne|kein(?:en?)?)\s+(?:internet|netz|netzwerk|verbindung|netzzugang)\w*|"
    r"(?:sans|pas d[e'])\s*(?:connexion(?: internet)?|internet|réseau(?!x? (?:de )?neuron)|accès)|"
    r"(?:sin|no hay)\s+(?:conexión(?: a internet)?|internet|red))\b",
    re.I,
)
_ATTACK = re.compile(
    (
        r"\b(fgsm|pgd|autoattack|auto-attack|deepfool|carlini[\s-]wagner|"
        r"(?<!generative )adversarial(?:ly)?(?!\s+(?:network|net|netz|model|"
        r"training of a generator))(?:\s+(?:examples?|attacks?|training|perturbations?|robust\w*))?|"
        r"adversarios|adversarielle[rsn]?\s+(?:beispiele|angriffe)|attaques?\s+adverses)\b"
    ),
    re.I,
)
_PRIVATE = re.compile(
    (
        r"\b(differential(?:ly)?[\s-]priva(?:cy|te)|dp-?sgd|DP|differen[tz]iell\w*\s+(?:privat\w*|"
        r"privacy)|confidentialité\s+différentielle|privacidad\s+diferencial)\b"
    ),
    re.I,
)
_SIDE = r"(?<![\w.])(\d{1,4})"
_PIXELS = re.compile(
    rf"{_SIDE}(?:\s?[x×*]\s?(\d{{1,4}}))?[\s-]?(?:px|pixels?|píxeles|pixeln)\b|"
    rf"{_SIDE}\s?[x×]\s?(\d{{1,4}})(?![\w.])",
    re.I,
)
_EPSILON = re.compile(r"(?:\bepsilon|\beps|ε)\s*(?:=|:|of|is|de|von)?\s*(\d+(?:\.\d+)?)\s*(?:/\s*(\d+))?", re.I)


def number(words: str, scale: str | None = None) -> float:
    """`50,000` → 50000, `ten` → 10, `1.5` → 1.5, `200` with scale `k` → 200000."""
    words = re.sub(r"\s+", " ", words.strip().lower())
    if words in _WORDS:
        value = float(_WORDS[words])
    else:
        grouped = re.fullmatch(r"\d{1,3}(?:[.,\s'’]\d{3})+", words)
        value = float(re.sub(r"\D", "", words) if grouped else words.replace(",", "."))
    scale = (scale or "").lower().rstrip(".")
    return value * (1 if not scale else 1000 if scale[0] in "kt" or scale in ("mil", "mille") else 1_000_000)


def find(text: str, marks: list[Mark]) -> list[Mark]:
    """Marks for what the words limit or ask for, none of them inside `marks` (the sources)."""
    found: list[Mark] = []

    def add(match: "re.Match[str]", kind: str, value: Any) -> None:
        met = any(mark.kind == kind for mark in found)
        if value is not None and not met and free(match.start(), match.end(), [*marks, *found]):
            found.append(Mark(match.start(), match.end(), kind, value, match[0].strip()))

    for match in _SEED.finditer(text):
        value = number(match[1] or match[2])
        add(match, "seed", int(value) if value == int(value) else None)
    for match in _LABELS.finditer(text):
        each = match["each"] or match["of"]
        if each or not _NOT_LABELS.search(text[: match.start()]):
            add(match, "labels_per_class" if each else "labels", int(number(match["number"], match["scale"])))
    for match in _ROWS.finditer(text):
        rows = match["number"] or match["number2"]
        add(match, "max_rows", int(number(rows, match["scale"] or match["scale2"])))
    for match in _TIME.finditer(text):
        add(match, "budget_seconds", _budget(text, match, marks))
    for pattern, device in _DEVICES:
        for match in re.finditer(pattern, text, re.I):
            add(match, "device", device if isinstance(device, str) else device(match))
    for match in _OFFLINE.finditer(text):
        add(match, "offline", True)
    _jargon(text, add)
    return found


def pixels(text: str) -> list[Mark]:
    """At most one mark of kind `pixels`: the longest side of the images to make: "at 64x64", "32 pixel"."""
    for match in _PIXELS.finditer(text):
        sides = [int(side) for side in match.groups() if side]
        if not unwanted(text, match.start()):
            return [Mark(match.start(), match.end(), "pixels", max(sides), match[0].strip())]
    return []


def _budget(text: str, match: "re.Match[str]", marks: list[Mark]) -> float | None:
    """Seconds, or None where the words speak of the data ("the next 24 hours", "5-second clips")."""
    before, after = text[: match.start()], text[match.end() :]
    if _NOT_BUDGET_BEFORE.search(before) or _NOT_BUDGET_AFTER.search(after):
        return None
    alone = bool(re.search(r"(?:^|[,;.(:–-])\s*$", before)) and bool(re.match(r"\s*(?:$|[,;.)!])", after))
    if not (alone or _BUDGET_BEFORE.search(before) or _BUDGET_AFTER.search(after)):
        return None
    unit = next(seconds for pattern, seconds in _UNITS.items() if re.fullmatch(pattern, match["unit"], re.I))
    if (
        unit == 86400.0
        and not _BUDGET_AFTER.search(after)
        and not re.search(r"budget|limit|at most|max", before[-20:], re.I)
    ):
        return None
    seconds = number(match["number"]) * unit
    if match["half"]:
        seconds += unit / 2
    return seconds + (60.0 * int(match["more"]) if match["more"] and unit == 3600.0 else 0.0)


def _jargon(text: str, add: "Callable[[re.Match[str], str, Any], None]") -> None:
    attacks, private = list(_ATTACK.finditer(text)), _PRIVATE.search(text)
    # "adversarially robust to PGD": the attack by its name, where there is one.
    attack = min(attacks, key=lambda match: match[1].lower().startswith(("advers", "attaque")), default=None)
    if attack:
        name = attack[1].lower().replace("-", "")
        add(attack, "attack", "adversarial" if name.startswith(("advers", "attaque")) else name)
    if private and (private[1].isupper() or private[1] != "dp"):
        add(private, "private", True)
    if (attack or private) and (epsilon := _EPSILON.search(text)):
        add(epsilon, "epsilon", float(epsilon[1]) / float(epsilon[2] or 1))
