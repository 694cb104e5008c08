"""Pictures: of one size as pixels, others as encoded files. What else is known of them are labels, never features."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tools.spec.modalities import Explaining, Inputs, ModalityPlugin, Samples, Shown
from noglue.tools.spec.profiles import Column, DataWarning, ImageShape

if TYPE_CHECKING:
    import datasets
    import numpy as np
    import pyarrow as pa

    from noglue.tools.checks.near_copies import Copies
    from noglue.tools.data.row_content import Content
    from noglue.tools.spec.protocols import Raw
    from noglue.tools.spec.schema import Schema

MEASURED = 400  # images whose headers are read for their sizes
SIDE = 96  # pixels of an example's longer side at most


def describe(raw: "Raw", table: "pa.Table") -> tuple[ImageShape | None, list[DataWarning]]:
    """The reader's shape, else the median height and width of some images, by their headers."""
    image = raw.image if raw.image is not None else _measured(table)
    if image is None or not image.varied:
        return image, []
    message = f"The images differ in size; {image.width}×{image.height} pixels is the median."
    return image, [DataWarning(kind="varied-size", message=message)]


def _measured(table: "pa.Table") -> ImageShape | None:
    import statistics

    import numpy as np

    from noglue.tools.pictures.decoding import each, size

    if "image" not in table.column_names:  # an outline, which opens none
        return None
    column = table["image"]
    some = column.take(np.linspace(0, len(column) - 1, min(len(column), MEASURED)).astype(np.int64))
    sources = [Path(value) if isinstance(value, str) else value for value in some.to_pylist()]
    shapes = [shape for shape in each(size, sources) if not isinstance(shape, ValueError)]
    if not shapes:
        return None
    return ImageShape(
        height=int(statistics.median(shape[0] for shape in shapes)),
        width=int(statistics.median(shape[1] for shape in shapes)),
        channels=max(shape[2] for shape in shapes),
        varied=len({shape[:2] for shape in shapes}) > 1,
    )


def column(raw: "Raw") -> Column:
    from noglue.tools.values.conform import ENCODED

    return Column(name="image", kind="image", dtype="uint8" if raw.image else ENCODED)


def contents(raw: "Raw", tables: "list[pa.Table]") -> "Content":
    """Equal are images of equal pixels, of files those of equal bytes."""
    import numpy as np

    from noglue.tools.data.arrays import fixed_images
    from noglue.tools.data.row_content import Files, Pixels
    from noglue.tools.preparation.gathering import joined

    if raw.image is not None:
        parts = [fixed_images(table.column("image"), raw.image) for table in tables]
        return Pixels(parts[0] if len(parts) == 1 else np.concatenate(parts))
    return Files(joined(tables, "image"), raw.form.pixels)


def feature(schema: "Schema", column: Column) -> Any:
    import datasets

    from noglue.tools.values.conform import ENCODED

    if column.dtype == ENCODED:
        return datasets.Image()
    assert schema.image is not None, "pixels without a shape"
    return datasets.Array3D((schema.image.height, schema.image.width, schema.image.channels), "uint8")


def show(rows: "datasets.Dataset", schema: "Schema", names: Sequence[str], folder: Path) -> list[Shown]:
    """A PNG of each, brought down to 96 pixels."""
    from PIL import Image

    from noglue.tools.data.arrays import image_array

    folder.mkdir(exist_ok=True)
    whole = image_array(rows) if hasattr(rows.features["image"], "shape") else None
    for place, name in enumerate(names):
        picture = rows[place]["image"].convert("RGB") if whole is None else Image.fromarray(_drawable(whole[place]))
        if max(picture.size) > SIDE:
            picture.thumbnail((SIDE, SIDE))
        picture.save(folder / f"{name}.png")
    return [Shown(f"{name}.png", {}) for name in names]


def _drawable(pixels: "np.ndarray") -> "np.ndarray":
    """uint8 (height, width, channels) as grey, RGB or RGBA; of other channel counts the first is shown."""
    return pixels if pixels.shape[2] in (3, 4) else pixels[:, :, 0]


def near_copies(content: "Any", parts: "list[np.ndarray]", random: "np.random.Generator") -> "Copies":
    from noglue.tools.checks import picture_copies

    return picture_copies.find(content, parts, random)


def explaining() -> Explaining:
    from noglue.tools.explanation import explain_image

    return explain_image


def inputs() -> Inputs:
    from noglue.tools.modelstore import image_inputs

    return image_inputs


def samples() -> Samples:
    from noglue.tools.generation import image_samples

    return image_samples


MODALITY = ModalityPlugin(
    name="image",
    plural="images",
    extra="images",
    noun="images",
    piece="picture",
    example="photos/",
    search="image dataset",
    endings="jpg jpeg png gif bmp tif tiff webp dcm nii pgm ppm",
    own=("image", "path"),
    held_as="pixels",
    rank=0,
    toy={
        "features": [Column(name="image", kind="image", dtype="uint8")],
        "image": ImageShape(height=32, width=32, channels=3),
    },
    describe=describe,
    column=column,
    contents=contents,
    feature=feature,
    show=show,
    near_copies=near_copies,
    inputs=inputs,
    explaining=explaining,
    samples=samples,
)
