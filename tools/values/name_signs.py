"""What the name of a column says: whose a row is, or when. Light enough for a planner to import.

>>> says_whose("PatientID", keyed=False), says_when("measured_year"), says_when("year")
(True, False, True)
"""

import re

_PEOPLE = (  # by this name alone
    r"pat|patienten|patient|subj|usubj|sub|participant|person|player|user|customer|client|speaker|individual|volunteer|respondent|student|pupil|learner"
    r"|athlete|proband|probandin|versuchsperson|teilnehmer|kunde|nutzer|sujet|participante|paciente|sujeto|persona|cliente"
    r"|usuario|utilisateur"
)
_THINGS = (  # where the values are numbered, as in P1, P2, …
    r"subject|actor|animal|mouse|rat|monkey|cow|sheep|horse|child|baby|infant|employee|worker|driver|rider|runner|mother|woman"
    r"|man|device|sensor|machine|engine|unit|pump|motor|turbine|battery|cell|vehicle|truck|robot|camera|video|clip"
    r"|recording|scan|slide|specimen|donor|tree|plant|well|litter|cage"
)
_KINDS = (  # where the name says that it is a key
    r"household|family|group|session|run|sample|case|batch|car|bike|house|building|account|card|author|song|track|document"
    r"|plot|field|episode"
)
_KEY = r"[\W_]*(id|no|nr|num|number|key|code|index)\W*"
_OWN = r"[\W_]*(id|key|code|uid)\W*"  # of what also has a number for other ends: houses, sessions
_PERSON = re.compile(rf"(the_)?({_PEOPLE})s?(?P<key>{_KEY}|[\W_]*name)?")
_THING = re.compile(rf"({_THINGS})s?")
_KEYED = re.compile(
    rf"({_THINGS})s?{_KEY}|({_KINDS})s?{_OWN}|[pu]?id|mrn|e?_?mail|(employee|animal|mouse|dog)s?[\W_]*name"
)
_SOURCE = re.compile(
    r"(src|source|orig|original|parent)[\W_]*(file|clip|track|recording|audio|video|image|photo|song|id)s?([\W_]*(name|id))?"
    r"|(fs|freesound|yt|youtube)[\W_]*id|ytid"
)
_STEP = re.compile(
    r"(time|timestamp|t|date|datetime|year|yr|month|week|day|hour|hr|minute|second|quarter|period|step|tick|cycle|frame|wave"
    r"|visit|jahr|monat|woche|tag|stunde|annee|année|mois|jour|semaine|heure|ano|año|mes|dia|día|hora)s?"
    r"([\W_]*(id|no|nr|num|number|index|step|stamp|idx|of_year))?"
)
_FINER = re.compile(
    r"(quarter|month|week|day|hour|hr|minute|monat|woche|tag|stunde|mois|jour|heure|mes|dia|día|hora)s?"
)
_ONE_OFF = re.compile(r".*(birth|dob|born|hire|join|sign_?up|regist|open|built|expir|publish|release|death|onset).*")


def words(name: str) -> str:
    """`UserID` → `user_id`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def says_whose(name: str, keyed: bool) -> bool:
    """Whether it names a person (`patient`, `UserID`) or is the key of a thing (`device_id`).

    keyed: only with a word for a key, as `customers` may be how many there were.
    """
    if _KEYED.fullmatch(words(name)):
        return True
    match = _PERSON.fullmatch(words(name))
    return match is not None and (match["key"] is not None or not keyed)


def says_which_thing(name: str) -> bool:
    """`pump`, `rat`: a key where the values are numbered."""
    return _THING.fullmatch(words(name)) is not None


def says_cut_from(name: str) -> bool:
    """`src_file`, `fsID`: the longer recording that a row is a piece of."""
    return _SOURCE.fullmatch(words(name)) is not None


def says_when(name: str) -> bool:
    """`year`, `time_step`, `Datum`."""
    return _STEP.fullmatch(words(name)) is not None


def says_moment(name: str) -> bool:
    """`created_at`, `unix_time`, `recorded`: seconds since 1970, where the numbers are of that size."""
    return re.search(r"_at$|time|epoch|unix|stamp|recorded|date|month|period|when", words(name)) is not None


def fineness(name: str) -> int:
    """The coarser the part of a step that a column tells, the smaller: months before days before hours."""
    order = (
        "quarter",
        "quartal",
        "month",
        "mon",
        "mois",
        "mes",
        "week",
        "woche",
        "semaine",
        "day",
        "tag",
        "jour",
        "dia",
    )
    return next((place for place, begin in enumerate(order) if words(name).startswith(begin)), len(order))


def says_part_of_a_step(name: str) -> bool:
    """`quarter` beside a year, `hour` beside a date."""
    return _FINER.fullmatch(words(name)) is not None


def says_once(name: str) -> bool:
    """`date_of_birth`, `hired_on`: a moment of each row's own, of which many may stand anywhere."""
    return _ONE_OFF.fullmatch(words(name)) is not None


def without_key(name: str) -> str:
    """`patient_id` → `patient`."""
    return re.sub(rf"{_KEY}$", "", words(name))
