"""F2, where recall counts twice as much as precision, of the positive class (of more than two the mean)."""

from noglue.tools.metrics._classwise import f_beta, of_class

METRIC = of_class(
    "f2",
    "F2",
    f_beta(2.0),
    aliases=(
        "f2",
        "f2 score",
        "f2-score",
        "f-2",
        "f_2",
        "f2-maß",
        "f beta 2",
        "f-beta 2",
        "score f2",
        "puntuación f2",
    ),
)
