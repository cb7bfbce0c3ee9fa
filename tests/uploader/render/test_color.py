"""Colours are those that Chromium shows of the same file, on an sRGB screen."""

import base64
import io
import struct
import zlib

import pillow_heif
import pytest
from PIL import Image, ImageChops, ImageStat

from tests.uploader.conftest import ROOT
from uploader.render import renditions

SAMPLE = ROOT / "photos" / "outdoors" / "picos-de-europa.jpg"
PQ, HLG, SRGB = 16, 18, 13
BT709, BT2020, P3 = 1, 9, 12
KINDS = {b"\x89PNG": "image/png", b"\0\0\0 ": "image/avif", b"\0\0\0\x1c": "image/avif"}


@pytest.fixture(autouse=True)
def lossless(monkeypatch):
    """PNG in place of WebP, whose losses are as large as what is looked for here."""

    def save(image, _kind, **_options):
        out = io.BytesIO()
        image.save(out, "PNG", icc_profile=None)
        return out.getvalue()

    monkeypatch.setattr(renditions, "_saved", save)


def ours(content):
    """The widest rendition, decoded; of a picture of less than 400 pixels it is whole."""
    return Image.open(io.BytesIO(renditions.render(content).files[-1])).convert("RGB")


@pytest.fixture
def chromium(browser):
    """What Chromium shows of a file: `chromium(content)`."""
    page = browser.new_page(viewport={"width": 800, "height": 600})

    def show(content):
        kind = KINDS.get(content[:4], "image/avif")
        data = base64.b64encode(content).decode()
        page.set_content(f"<body style='margin:0'><img src='data:{kind};base64,{data}'>")
        page.wait_for_function("document.images[0].naturalWidth > 0")
        shot = page.locator("img").screenshot()
        return Image.open(io.BytesIO(shot)).convert("RGB")

    yield show
    page.close()


def apart(one, other):
    """By how much two pictures differ on average, in each channel, of 255."""
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def png(pixels, size, *chunks, depth=8):
    """A PNG file of these samples, with chunks such as `(b"cICP", b"…")`."""
    width, height = size
    row = len(pixels) // height
    lines = b"".join(b"\0" + pixels[at * row : at * row + row] for at in range(height))
    kind = 2 if row == width * 3 * depth // 8 else 0
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n"
    for name, data in ((b"IHDR", header), *chunks, (b"IDAT", zlib.compress(lines)), (b"IEND", b"")):
        checksum = struct.pack(">I", zlib.crc32(name + data))
        content += struct.pack(">I", len(data)) + name + data + checksum
    return content


def ramps():
    """Greys and colours from black to full, each four pixels high."""
    mixes = [(1, 1, 1), (1, 0.5, 0.25), (0.25, 1, 0.5), (0.3, 0.5, 1), (0.9, 0.8, 0.7)]
    rows = [bytes(round(x * part) for x in range(256) for part in mix) * 4 for mix in mixes]
    return b"".join(rows), (256, 4 * len(rows))


def photo():
    return Image.open(SAMPLE).convert("RGB").resize((390, 293))


def avif(primaries, transfer):
    """The sample, whose container says that its colours are these."""
    out = io.BytesIO()
    photo().save(out, "AVIF", quality=90)
    content = bytearray(out.getvalue())
    at = content.index(b"colrnclx")
    struct.pack_into(">HH", content, at + 8, primaries, transfer)
    return bytes(content)


@pytest.mark.parametrize(
    "transfer", [PQ, HLG, SRGB, 1, 8], ids=["PQ", "HLG", "sRGB", "709", "linear"]
)
@pytest.mark.parametrize("primaries", [BT709, BT2020, P3], ids=["709", "2020", "P3"])
def test_code_points_of_png_are_shown_as_chromium_does(chromium, primaries, transfer):
    content = png(*ramps(), (b"cICP", bytes((primaries, transfer, 0, 1))))

    assert apart(ours(content), chromium(content)) < 2


@pytest.mark.parametrize(
    "transfer", [PQ, HLG, SRGB, 1, 8], ids=["PQ", "HLG", "sRGB", "709", "linear"]
)
@pytest.mark.parametrize("primaries", [BT709, BT2020, P3], ids=["709", "2020", "P3"])
def test_code_points_of_avif_are_shown_as_chromium_does(chromium, primaries, transfer):
    content = avif(primaries, transfer)

    assert apart(ours(content), chromium(content)) < 3


@pytest.mark.parametrize("transfer", [PQ, HLG], ids=["PQ", "HLG"])
def test_heic_is_shown_as_the_same_pixels_in_png(chromium, transfer):
    out = io.BytesIO()
    heif = pillow_heif.from_pillow(photo())
    heif.save(
        out,
        quality=95,
        matrix_coefficients=BT2020,
        color_primaries=BT2020,
        transfer_characteristics=transfer,
        save_nclx_profile=True,
    )
    pillow_heif.register_heif_opener()
    pixels = Image.open(io.BytesIO(out.getvalue())).convert("RGB")
    same = png(pixels.tobytes(), pixels.size, (b"cICP", bytes((BT2020, transfer, 0, 1))))

    assert apart(ours(out.getvalue()), chromium(same)) < 3


@pytest.mark.parametrize("gamma", [45455, 100_000, 55_556, 30_000])
def test_the_gamma_of_a_png_is_applied(chromium, gamma):
    content = png(*ramps(), (b"gAMA", struct.pack(">I", gamma)))

    assert apart(ours(content), chromium(content)) < 2


def test_the_chromaticities_of_a_png_are_applied(chromium):
    points = (31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
    gamma = (b"gAMA", struct.pack(">I", 45455))
    content = png(*ramps(), gamma, (b"cHRM", struct.pack(">8I", *points)))

    assert apart(ours(content), chromium(content)) < 2


@pytest.mark.parametrize(
    "chunks",
    [
        [(b"gAMA", struct.pack(">I", 1))],
        [(b"gAMA", struct.pack(">I", 0))],
        [(b"gAMA", struct.pack(">I", 45455)), (b"cHRM", bytes(32))],
        [(b"gAMA", struct.pack(">I", 45455)), (b"cHRM", struct.pack(">8I", *[31270] * 8))],
        [(b"cICP", bytes((255, 255, 255, 255)))],
        [(b"cICP", b"")],
    ],
)
def test_colours_that_make_no_sense_are_left_out(chunks):
    """They come from strangers' programs, and are no reason to lose a photo."""
    content = png(*ramps(), *chunks)

    assert ours(content).size == (256, 20)


def test_code_points_come_before_a_profile_and_srgb_before_gamma(chromium):
    gamma = (b"gAMA", struct.pack(">I", 100_000))
    for chunks in (
        [(b"cICP", bytes((P3, SRGB, 0, 1))), gamma],
        [(b"sRGB", b"\0"), gamma],
    ):
        content = png(*ramps(), *chunks)
        assert apart(ours(content), chromium(content)) < 2


def grey(values, size=(60, 40)):
    width, height = size
    return b"".join(struct.pack(">H", values(x)) for x in range(width)) * height


def test_a_very_dark_picture_of_16_bit_stays_dark(chromium):
    content = png(grey(lambda x: x * 4), (60, 40), depth=16)

    assert apart(ours(content), chromium(content)) < 1


def test_16_bit_is_shown_as_chromium_does(chromium):
    content = png(grey(lambda x: x * 1100), (60, 40), depth=16)

    assert apart(ours(content), chromium(content)) < 1


@pytest.mark.parametrize("white", [1.0, 255.0, 65_535.0])
def test_floating_point_is_a_gradient(white):
    image = Image.new("F", (60, 40))
    image.putdata([x / 59 * white for _ in range(40) for x in range(60)])
    out = io.BytesIO()
    image.save(out, "TIFF")

    shown = ours(out.getvalue()).convert("L")

    greys = [shown.getpixel((x, 20)) for x in (0, 30, 59)]
    assert all(abs(one - right) < 8 for one, right in zip(greys, (0, 130, 255), strict=True))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_heic_with_exif_alone_is_turned_and_with_irot_not_twice(orientation):
    """iPhones write both; other cameras and converters write Exif alone."""
    image = Image.new("RGB", (120, 80), "blue")
    image.paste("red", (0, 0, 60, 40))
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    pillow_heif.register_heif_opener()
    image.save(out, "HEIF", quality=95, exif=exif.tobytes())
    content = out.getvalue()
    unturned = content.replace(b"\0\0\0\x09irot", b"\0\0\0\x09free")
    unturned = unturned.replace(b"\0\0\0\x09imir", b"\0\0\0\x09free")

    shown, alone = ours(content), ours(unturned)

    assert (content == unturned) == (orientation == 1)
    assert shown.size == alone.size
    assert apart(shown, alone) < 3
