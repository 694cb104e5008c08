"""F1, the harmonic mean of precision and recall, of the positive class (of more than two the mean)."""

from noglue.tools.metrics._classwise import f_beta, of_class

METRIC = of_class(
    "f1",
    "F1",
    f_beta(1.0),
    aliases=(
        "f1",
        "f1 score",
        "f1-score",
        "f-score",
        "f-measure",
        "f score",
        "f measure",
        "f_1",
        "score f",
        "mesure f",
        "puntuación f1",
        "valor f1",
        "medida f",
    ),
)
