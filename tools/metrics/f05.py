"""F0.5, where precision counts twice as much as recall, of the positive class (of more than two the mean)."""

from noglue.tools.metrics._classwise import f_beta, of_class

METRIC = of_class(
    "f05",
    "F0.5",
    f_beta(0.5),
    aliases=(
        "f0.5",
        "f0.5 score",
        "f0.5-score",
        "f05",
        "f 0.5",
        "f_0.5",
        "f0,5",
        "f0.5-maß",
        "f beta 0.5",
        "f-beta 0.5",
        "score f0.5",
        "puntuación f0.5",
    ),
)
