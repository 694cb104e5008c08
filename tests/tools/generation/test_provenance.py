"""What a signed PNG survives, and what it does not."""

import io
import json
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from noglue.tools.generation import provenance
from noglue.tools.generation.signing import SigningKey, canonical, fingerprint, genuine, model_sha256, public_key
from noglue.tools.pictures import png
from noglue.tools.spec.errors import DataError

KEY = SigningKey.new()
ORIGIN = {
    "run": "20261125-090000-new-shoes",
    "family": "pixels_gaussian",
    "model_sha256": "ab" * 32,
    "seed": 42,
    "device": "cpu",
    "time": "2026-11-25T09:00:00+00:00",
    "noglue": "0.1.0",
}
GREY = np.random.default_rng(0).integers(0, 12, (9, 7, 1), dtype=np.uint8) * 20  # few enough tones for a palette
COLOUR = np.random.default_rng(1).integers(0, 256, (9, 7, 3), dtype=np.uint8)
EACH = pytest.mark.parametrize("pixels", [GREY, COLOUR], ids=["grey", "colour"])


def signed(pixels: np.ndarray, key: SigningKey = KEY, label: str | None = "Ankle boot ❤") -> bytes:
    return provenance.image(ORIGIN, 17, label, pixels, key)


def rewritten(data: bytes, change: Any = None, texts: dict[str, str | None] | None = None, **how: Any) -> bytes:
    """Opened and saved again by Pillow. change: of the image; texts: to put in the place of others (None: left out)."""
    image = Image.open(io.BytesIO(data))
    image.load()
    words = PngInfo()
    for name, text in (dict(image.text) | (texts or {})).items():  # type: ignore[attr-defined]
        if text is not None:
            words.add_itxt(name, str(text))
    out = io.BytesIO()
    (change(image) if change else image).save(out, "PNG", pnginfo=words, **how)
    return out.getvalue()


def why(data: bytes) -> str:
    with pytest.raises(DataError) as caught:
        provenance.check_image(data)
    return f"{caught.value.kind}: {caught.value.message}"


@EACH
def test_an_image_says_in_words_and_in_signs_that_it_is_synthetic(pixels: np.ndarray) -> None:
    data = signed(pixels)
    image = Image.open(io.BytesIO(data))
    assert (np.asarray(image).reshape(pixels.shape) == pixels).all()
    texts = image.text  # type: ignore[attr-defined]
    assert texts["Software"] == "noglue 0.1.0"
    assert texts["Synthetic"] == "true"
    for part in ("Synthetic image", "Image 17 of seed 42", "class Ankle boot ❤", "ab" * 32):
        assert part in texts["Description"]
    packet = ElementTree.fromstring(texts[png.XMP].partition("?>")[2].rpartition("<?xpacket")[0])
    [kind] = packet.iter("{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType")
    assert kind.text == "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    claim = provenance.check_image(data)
    assert (claim.seed, claim.index, claim.label, claim.public_key) == (42, 17, "Ankle boot ❤", KEY.public)


def test_the_signature_is_over_the_bytes_that_the_docs_name() -> None:
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    claim = json.loads(png.decode(signed(GREY)).texts["noglue"])
    body = {name: value for name, value in claim.items() if name != "signature"}
    words = "noglue-image-1\n" + json.dumps(body, sort_keys=True, separators=(",", ":"))
    public: Any = load_pem_public_key(KEY.public_pem())
    public.verify(bytes.fromhex(claim["signature"]), words.encode("ascii"))


@EACH
def test_the_same_pixels_and_words_in_other_bytes_still_hold(pixels: np.ndarray) -> None:
    data = signed(pixels)
    for how in ({"compress_level": 0}, {"optimize": True}):
        assert rewritten(data, **how) != data
        assert provenance.check_image(rewritten(data, **how)).index == 17
    as_colour = rewritten(data, lambda image: image.convert("RGB"))
    as_opaque = rewritten(data, lambda image: image.convert("RGBA"))
    assert provenance.check_image(as_colour).index == provenance.check_image(as_opaque).index == 17
    assert provenance.check_image(rewritten(data, texts={"Software": "GIMP", "Comment": "nice"})).index == 17


def test_a_grey_image_packed_with_a_palette_still_holds() -> None:
    data = rewritten(signed(GREY), lambda image: image.convert("P", palette=Image.Palette.ADAPTIVE, colors=16))
    assert Image.open(io.BytesIO(data)).mode == "P"
    assert provenance.check_image(data).index == 17


def dot(image: Image.Image) -> Image.Image:
    image = image.copy()
    image.putpixel((3, 4), (254,) * len(image.getbands()) if image.mode != "L" else 254)
    return image


def tinted(image: Image.Image) -> Image.Image:
    """Another colour with the same red, and of the same luminance, as the grey that stood there."""
    row, column = np.argwhere(GREY[..., 0] == 100)[0]
    image = image.convert("RGB")
    image.putpixel((int(column), int(row)), (100, 101, 95))
    assert image.convert("L").getpixel((int(column), int(row))) == 100
    return image


def see_through(image: Image.Image) -> Image.Image:
    image = image.convert("RGBA")
    image.putpixel((0, 0), (*image.getpixel((0, 0))[:3], 254))  # type: ignore[index]
    return image


@pytest.mark.parametrize(
    "change",
    [
        dot,
        see_through,
        lambda image: image.crop((0, 0, 7, 8)),
        lambda image: image.transpose(Image.Transpose.TRANSPOSE),
        lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        lambda image: image.resize((14, 18)),
    ],
    ids=["dot", "see-through", "crop", "turn", "mirror", "resize"],
)
@EACH
def test_altered_pixels_are_found(pixels: np.ndarray, change: Any) -> None:
    assert why(rewritten(signed(pixels), change)).startswith("altered: Its pixels")


def test_a_grey_image_tinted_to_the_same_luminance_is_found() -> None:
    assert why(rewritten(signed(GREY), tinted)).startswith("altered: Its pixels")


def test_a_second_picture_that_only_shows_in_motion_is_found() -> None:
    data = signed(GREY)
    other = Image.fromarray(255 - GREY[..., 0])
    moving = rewritten(data, save_all=True, append_images=[other])
    assert why(moving).startswith("altered: Its pixels")


@pytest.mark.parametrize("name", ["Synthetic", "Description", png.XMP])
def test_words_that_contradict_the_signature_are_found(name: str) -> None:
    assert name in why(rewritten(signed(GREY), texts={name: "A photograph, I swear."}))


@pytest.mark.parametrize(
    ("field", "value"),
    [("seed", 43), ("index", 18), ("label", None), ("run", "mine"), ("model_sha256", "cd" * 32), ("width", 8),
     ("time", "2020-01-01T00:00:00+00:00"), ("public_key", SigningKey.new().public), ("signature", "00" * 64)],
    ids=lambda part: part if isinstance(part, str) and len(part) < 20 else "",
)  # fmt: skip
def test_an_altered_claim_is_found(field: str, value: Any) -> None:
    claim = json.loads(png.decode(signed(GREY)).texts["noglue"]) | {field: value}
    assert why(rewritten(signed(GREY), texts={"noglue": canonical(claim)})).startswith(
        "altered: What it says of itself"
    )


@pytest.mark.parametrize("claim", ["", "[]", "{}", "nonsense", "[" * 100_000, '{"seed": "7"}', '{"signature": 3}'])
def test_a_claim_that_is_none(claim: str) -> None:
    assert why(rewritten(signed(GREY), texts={"noglue": claim})).startswith("altered: What it says of itself")


def test_a_claim_moved_to_another_image_does_not_fit() -> None:
    claim = png.decode(signed(GREY)).texts["noglue"]
    assert "pixels" in why(rewritten(signed(255 - GREY), texts={"noglue": claim}))


def test_without_its_words_it_carries_no_signature() -> None:
    bare = io.BytesIO()
    Image.open(io.BytesIO(signed(GREY))).save(bare, "PNG")
    assert why(bare.getvalue()) == "unsigned: It carries no signature."


@pytest.mark.parametrize("cut", [0, 8, 60, -30])
def test_what_is_no_whole_png(cut: int) -> None:
    assert why(signed(COLOUR)[:cut]).startswith("unreadable")
    assert why(b"GIF89a" + bytes(100)).startswith("unreadable")


def test_a_forger_can_sign_but_not_with_this_key() -> None:
    forged = provenance.check_image(signed(255 - GREY, SigningKey.new()))
    assert fingerprint(forged.public_key) != fingerprint(KEY.public)


def batch() -> dict[str, Any]:
    return provenance.batch(ORIGIN, 1, None, [{"file": "0.png", "sha256": "ab" * 32, "index": 0, "label": None}], KEY)


def test_a_batch_as_it_was_signed_and_altered() -> None:
    assert provenance.check_batch(json.dumps(batch(), indent=3).encode()).files[0].file == "0.png"
    for field, value in {"synthetic": False, "seed": 1, "count": 2, "files": [], "statement": "Photographs."}.items():
        with pytest.raises(DataError) as caught:
            provenance.check_batch(json.dumps(batch() | {field: value}).encode())
        assert caught.value.kind == "altered", field
    for text, kind in {b"\xff\x00": "altered", b"{}": "unsigned", b"[]": "altered"}.items():
        with pytest.raises(DataError) as caught:
            provenance.check_batch(text)
        assert caught.value.kind == kind


def test_a_signature_for_one_purpose_is_none_for_another() -> None:
    made = KEY.sign("noglue-image-1", {"seed": 1})
    assert genuine("noglue-image-1", made)
    assert not genuine("noglue-batch-1", made)


def test_keys_go_through_pem() -> None:
    assert SigningKey.from_pem(KEY.pem()).public == public_key(KEY.public_pem()) == KEY.public
    for pem in (b"", b"nonsense", KEY.public_pem()):
        with pytest.raises(ValueError):  # noqa: PT011
            SigningKey.from_pem(pem)


def test_the_model_hash_is_the_one_that_the_shell_computes(tmp_path: Any) -> None:
    import subprocess

    (tmp_path / "base line").mkdir()
    for name in ("weights.safetensors", "model.json", "base line/config.json", "base.json", "README.md"):
        (tmp_path / name).write_text(name)
    command = "find * -type f ! -name '*.md' | LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum"
    shell = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    before = model_sha256(tmp_path)
    assert shell.split()[0] == before
    (tmp_path / "README.md").write_text("another card")
    assert model_sha256(tmp_path) == before
    (tmp_path / "base line" / "config.json").write_text("changed")
    assert model_sha256(tmp_path) != before
