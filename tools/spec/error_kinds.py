"""The kinds of error, and what can be done about each: a planner acts on the remedies and never on a name.

    >>> Kind.UNREADABLE.remedies
    (Remedy.OTHER_READER, Remedy.OTHER_DATA, Remedy.WRITTEN_READER)

A new kind is a new member here, and what its remedies say is done for it at once.
"""

from enum import Enum, StrEnum, auto


class Remedy(Enum):
    """What may help. A kind without any ends the run."""

    OTHER_PLACE = auto()  # the same data from another address, or what a search finds instead
    OTHER_DATA = auto()  # what came is not what was meant: the search's next candidate
    OTHER_READER = auto()  # the next reader that claims the files
    WRITTEN_READER = auto()  # a reader that a language model writes for these files
    SMALLER_BATCH = auto()  # half of it
    OTHER_FAMILY = auto()  # the next kind of model that suits the data
    TRAIN_OTHERWISE = auto()  # other settings, as a language model proposes them
    ASK_TARGET = auto()  # a person names the column


class Kind(StrEnum):
    """Kebab-case names, as they stand in `result.json` and `run.json`."""

    remedies: tuple[Remedy, ...]

    def __new__(cls, name: str, *remedies: Remedy) -> "Kind":
        member = str.__new__(cls, name)
        member._value_ = name
        member.remedies = remedies
        return member

    @classmethod
    def _missing_(cls, value: object) -> "Kind":
        """OTHER for a name that this version does not know: an older run's, a stranger's."""
        return cls.OTHER

    ARCHIVE_BOMB = "archive-bomb", Remedy.OTHER_DATA
    BAD_ADDRESS = "bad-address", Remedy.OTHER_PLACE
    BAD_ARCHIVE = "bad-archive", Remedy.OTHER_DATA
    BAD_LABEL = "bad-label", Remedy.OTHER_DATA
    BAD_REQUEST = "bad-request", Remedy.OTHER_PLACE
    BAD_RESULT = "bad-result", Remedy.OTHER_READER, Remedy.WRITTEN_READER
    CHECKSUM_MISMATCH = "checksum-mismatch", Remedy.OTHER_PLACE
    COLLAPSED = "collapsed", Remedy.OTHER_FAMILY, Remedy.TRAIN_OTHERWISE
    CONSTANT_TARGET = "constant-target", Remedy.OTHER_DATA
    CONTINUOUS_TARGET = "continuous-target", Remedy.OTHER_DATA
    DIVERGED = "diverged", Remedy.OTHER_FAMILY, Remedy.TRAIN_OTHERWISE
    EMPTY = "empty", Remedy.OTHER_PLACE, Remedy.OTHER_DATA
    ENCRYPTED_ARCHIVE = "encrypted-archive", Remedy.OTHER_DATA
    FAMILY_UNAVAILABLE = "family-unavailable", Remedy.OTHER_FAMILY
    FORBIDDEN = "forbidden", Remedy.OTHER_PLACE
    FORBIDDEN_ADDRESS = "forbidden-address", Remedy.OTHER_PLACE
    HTML_INSTEAD_OF_DATA = "html-instead-of-data", Remedy.OTHER_PLACE
    MISSING_COLUMNS = "missing-columns", Remedy.OTHER_DATA
    MISSING_TARGET = "missing-target", Remedy.OTHER_DATA, Remedy.WRITTEN_READER, Remedy.ASK_TARGET
    NAME_NOT_FOUND = "name-not-found", Remedy.OTHER_PLACE
    NAN_PREDICTIONS = "nan-predictions", Remedy.TRAIN_OTHERWISE
    NEEDS_LOGIN = "needs-login", Remedy.OTHER_PLACE
    NO_DATA_LINKS = "no-data-links", Remedy.OTHER_PLACE
    NO_FAMILY = "no-family", Remedy.OTHER_DATA
    NO_FEATURES = "no-features", Remedy.OTHER_DATA
    NO_LABELS = "no-labels", Remedy.OTHER_DATA, Remedy.WRITTEN_READER
    NO_ROWS = "no-rows", Remedy.OTHER_DATA
    NO_TARGET = "no-target", Remedy.OTHER_DATA, Remedy.WRITTEN_READER
    NOT_FOUND = "not-found", Remedy.OTHER_PLACE, Remedy.OTHER_DATA
    NOT_NUMERIC = "not-numeric", Remedy.OTHER_DATA
    NOT_THE_DATA = "not-the-data", Remedy.OTHER_PLACE
    NOTHING_READABLE = "nothing-readable", Remedy.OTHER_DATA
    OFFLINE = "offline", Remedy.OTHER_PLACE
    ONE_CLASS = "one-class", Remedy.OTHER_DATA
    OUT_OF_MEMORY = "out-of-memory", Remedy.SMALLER_BATCH
    RATE_LIMITED = "rate-limited", Remedy.OTHER_PLACE
    REDIRECT_LOOP = "redirect-loop", Remedy.OTHER_PLACE
    SERVER_ERROR = "server-error", Remedy.OTHER_PLACE
    SEVERAL_TARGETS = "several-targets", Remedy.ASK_TARGET
    TIMEOUT = "timeout", Remedy.OTHER_PLACE
    TLS_ERROR = "tls-error", Remedy.OTHER_PLACE
    TOO_FEW_ROWS = "too-few-rows", Remedy.OTHER_DATA
    TOO_LARGE = "too-large", Remedy.OTHER_PLACE
    TRUNCATED = "truncated", Remedy.OTHER_PLACE
    UNFIT = "unfit", Remedy.OTHER_DATA
    UNKNOWN_LAYOUT = "unknown-layout", Remedy.OTHER_READER, Remedy.OTHER_DATA, Remedy.WRITTEN_READER
    UNREACHABLE = "unreachable", Remedy.OTHER_PLACE
    UNREADABLE = "unreadable", Remedy.OTHER_READER, Remedy.OTHER_DATA, Remedy.WRITTEN_READER
    UNSAFE_ARCHIVE = "unsafe-archive", Remedy.OTHER_DATA
    UNSUPPORTED_ARCHIVE = "unsupported-archive", Remedy.OTHER_DATA
    WHICH_COLUMN = "which-column", Remedy.ASK_TARGET
    WRONG_ENCODING = "wrong-encoding", Remedy.OTHER_PLACE
    WRONG_KIND = "wrong-kind", Remedy.OTHER_DATA
    WRONG_PART = "wrong-part", Remedy.OTHER_PLACE
    WRONG_TYPE = "wrong-type", Remedy.OTHER_DATA

    # nothing but another request, other data or another machine helps
    ALTERED = "altered"
    AMBIGUOUS_COLUMN = "ambiguous-column"
    ANOTHER_KEY = "another-key"
    ARGUMENT = "argument"
    BAD_CHECKSUM = "bad-checksum"
    BAD_READER = "bad-reader"
    BAD_SETTING = "bad-setting"
    BUDGET = "budget"
    BUDGET_SPENT = "budget-spent"
    BUG = "bug"
    BUSY = "busy"
    COMPARE = "compare"
    COUNT = "count"
    CPU_TIME = "cpu-time"
    DAMAGED_RUN = "damaged-run"
    DATA = "data"
    DECLINED = "declined"
    DEVICE = "device"
    DISK_FULL = "disk-full"
    EXPLAIN = "explain"
    FAIL_UNDER = "fail-under"
    FAMILY = "family"
    FILE_COUNT = "file-count"
    FOLDER_DEPTH = "folder-depth"
    FOLDER_SIZE = "folder-size"
    FOREIGN_CACHE = "foreign-cache"
    FORECAST = "forecast"
    GENERATES = "generates"
    NOT_A_GENERATOR = "not-a-generator"
    GOAL_MISMATCH = "goal-mismatch"
    INCEPTION = "inception"
    INTERVALS = "intervals"
    JOURNAL = "journal"
    JUDGE_MISMATCH = "judge-mismatch"
    KEEP = "keep"
    KEY = "key"
    LANGUAGE = "language"
    LARGE_DOWNLOAD = "large-download"
    METRIC = "metric"
    MISSING = "missing"
    MISSING_PACKAGE = "missing-package"
    MODEL = "model"
    MODEL_UNREACHABLE = "model-unreachable"
    MODEL_UNUSABLE = "model-unusable"
    NO_BATCH = "no-batch"
    NO_CLASSES = "no-classes"
    NO_DATA = "no-data"
    NO_KEY = "no-key"
    NO_LOGARITHM = "no-logarithm"
    NO_MODEL = "no-model"
    NO_REPEATS = "no-repeats"
    NO_SANDBOX = "no-sandbox"
    NO_SCORE = "no-score"
    NO_SUCH_FILE = "no-such-file"
    NO_SUCH_RUN = "no-such-run"
    NO_SUCH_VALUE = "no-such-value"
    NO_TIME = "no-time"
    NOT_A_PAGE = "not-a-page"
    NOT_A_TASK = "not-a-task"
    NOTHING_FOUND = "nothing-found"
    OTHER = "other"
    OUTPUT = "output"
    PLAN = "plan"
    PLANNER = "planner"
    RECORDING = "recording"
    REPEATED_TIMES = "repeated-times"
    RUNS_FOLDER = "runs-folder"
    SAMPLE_FORM = "sample-form"
    SANDBOX = "sandbox"
    SANDBOX_LEAKS = "sandbox-leaks"
    SANDBOX_SETUP = "sandbox-setup"
    SANDBOX_UNREADABLE = "sandbox-unreadable"
    SOURCES = "sources"
    STRANGERS_RUN = "strangers-run"
    SYSTEM = "system"
    TARGET_EXCLUDED = "target-excluded"
    TASK = "task"
    TEST = "test"
    TEST_ALONE = "test-alone"
    TOO_LONG = "too-long"
    TOO_WIDE = "too-wide"
    TORN_GROUPS = "torn-groups"
    TWO_TESTS = "two-tests"
    UNHEARD = "unheard"
    UNKNOWN_CLASS = "unknown-class"
    UNKNOWN_FAMILY = "unknown-family"
    UNSAFE_PATH = "unsafe-path"
    UNSAFE_PICKLE = "unsafe-pickle"
    UNSIGNED = "unsigned"
    UNWATCHED = "unwatched"
    UNSUITABLE_FAMILY = "unsuitable-family"
    UNSUPPORTED = "unsupported"
    UNSUPPORTED_ADDRESS = "unsupported-address"
    USAGE = "usage"
    WEB = "web"
    WHICH_READING = "which-reading"
    WHICH_SPLIT_COLUMN = "which-split-column"
