"""From any file to upright sRGB WebP that carries nothing but a credit."""

import base64
import io
import zlib

import pillow_heif
import pytest
from PIL import Image, ImageCms, ImageDraw

from tests.uploader.boxes import meta_last
from uploader.errors import Unusable
from uploader.render.credit import exif_of_credit, with_exif
from uploader.render.renditions import inspect, jpeg_size_for, render, sizes_for

INVERSE = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.fixture(autouse=True, scope="module")
def _heif():
    pillow_heif.register_heif_opener()


def file(image, kind, **save):
    out = io.BytesIO()
    image.save(out, kind, **save)
    return out.getvalue()


def shown(content):
    """The widest rendition, decoded."""
    return Image.open(io.BytesIO(render(content).files[-1])).convert("RGB")


def close(one, other, by=10):
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def turned(orientation):
    """Red in its upper left quarter once it is turned upright, 120 × 80."""
    image = Image.new("RGB", (120, 80), "blue")
    image.paste("red", (0, 0, 60, 40))
    inverse = INVERSE[orientation]
    return image if inverse is None else image.transpose(inverse)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_every_orientation_of_every_format_is_upright(kind, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    save = {"tiffinfo": {0x0112: orientation}} if kind == "TIFF" else {"exif": exif.tobytes()}
    content = file(turned(orientation), kind, **save, quality=95)

    image = shown(content)

    assert inspect(content).size == image.size == (120, 80)
    assert close(image.getpixel((10, 10)), (255, 0, 0), 40)
    assert close(image.getpixel((110, 10)), (0, 0, 255), 40)
    assert close(image.getpixel((10, 70)), (0, 0, 255), 40)


GREY = (128, 128, 128)


@pytest.mark.parametrize(
    ("content", "color"),
    [
        (file(Image.new("CMYK", (50, 50), (0, 255, 255, 0)), "JPEG", quality=95), (255, 0, 0)),
        (file(Image.new("CMYK", (50, 50), (0, 255, 255, 0)), "TIFF"), (255, 0, 0)),
        (file(Image.new("L", (50, 50), 128), "PNG"), GREY),
        (file(Image.new("I;16", (50, 50), 128 << 8), "PNG"), GREY),
        (file(Image.new("I;16", (50, 50), 128 << 8), "TIFF"), GREY),
        (file(Image.new("I", (50, 50), 128 << 8), "TIFF"), GREY),
        (file(Image.new("F", (50, 50), 128.0), "TIFF"), GREY),
        (file(Image.new("1", (50, 50), 1), "PNG"), (255, 255, 255)),
        (file(Image.new("P", (50, 50), 1), "GIF"), (1, 1, 1)),
        (file(Image.new("RGB", (50, 50), "red").quantize(4), "PNG"), (255, 0, 0)),
        (file(Image.new("RGBA", (50, 50), (255, 0, 0, 0)), "PNG"), (255, 255, 255)),
        (file(Image.new("RGBA", (50, 50), (255, 0, 0, 128)), "WEBP"), (255, 127, 127)),
        (file(Image.new("LA", (50, 50), (0, 0)), "PNG"), (255, 255, 255)),
        (file(Image.new("LAB", (50, 50), (128, 128, 128)), "TIFF"), (119, 119, 119)),
        (file(Image.new("RGB", (50, 50), "red"), "AVIF", quality=95), (255, 0, 0)),
        (file(Image.new("YCbCr", (50, 50), (128, 128, 128)), "TIFF"), GREY),
    ],
)
def test_every_mode_becomes_rgb_on_white(content, color):
    assert close(shown(content).getpixel((25, 25)), color, 14)


def test_of_an_animation_the_first_frame_is_shown():
    red, blue = (Image.new("RGB", (50, 50), color) for color in ("red", "blue"))

    for kind in ("GIF", "WEBP", "PNG"):
        content = file(red, kind, save_all=True, append_images=[blue])
        assert close(shown(content).getpixel((25, 25)), (255, 0, 0), 14), kind


def test_a_wide_gamut_is_converted_and_not_only_relabelled():
    """A profile whose red and blue are exchanged shows that the profile is applied."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"tXYZ", 1).replace(b"bXYZ", b"rXYZ", 1)
    swapped = swapped.replace(b"tXYZ", b"bXYZ", 1)
    content = file(Image.new("RGB", (50, 50), "red"), "PNG", icc_profile=swapped)

    assert close(shown(content).getpixel((25, 25)), (0, 0, 255), 20)


def test_a_profile_that_does_not_fit_is_left_out():
    content = file(Image.new("RGB", (50, 50), "red"), "PNG", icc_profile=b"no profile at all")

    assert close(shown(content).getpixel((25, 25)), (255, 0, 0))


@pytest.mark.parametrize(
    ("size", "sizes", "jpeg"),
    [
        (
            (5312, 2988),
            [(400, 225), (800, 450), (1200, 675), (1600, 900), (2560, 1440)],
            (1200, 675),
        ),
        (
            (3000, 4000),
            [(400, 533), (800, 1067), (1200, 1600), (1600, 2133), (1920, 2560)],
            (900, 1200),
        ),
        ((1600, 1067), [(400, 267), (800, 534), (1200, 800), (1600, 1067)], (1200, 800)),
        ((1067, 1600), [(400, 600), (800, 1200), (1067, 1600)], (800, 1200)),
        ((400, 300), [(400, 300)], (400, 300)),
        ((320, 320), [(320, 320)], (320, 320)),
        ((1, 1), [(1, 1)], (1, 1)),
        ((10_000, 1), [(400, 1), (800, 1), (1200, 1), (1600, 1), (2560, 1)], (1200, 1)),
        ((1000, 40_000), [(64, 2560)], (30, 1200)),
        ((10, 20_000_000), [(1, 2560)], (1, 1200)),
    ],
)
def test_no_rendition_is_wider_than_the_original_or_longer_than_2560(size, sizes, jpeg):
    assert sizes_for(*size) == sizes
    assert jpeg_size_for(*size) == jpeg


def test_files_have_the_stated_sizes_and_are_the_same_each_time():
    image = Image.effect_noise((1700, 900), 60).convert("RGB")
    content = file(image, "JPEG", quality=90)

    made, again = render(content), render(content)

    decoded = [Image.open(io.BytesIO(one)) for one in made.files]
    jpeg = Image.open(io.BytesIO(made.jpeg))
    assert [one.format for one in decoded] == ["WEBP"] * 5
    assert [one.size for one in decoded] == sizes_for(1700, 900)
    assert (jpeg.format, jpeg.size) == ("JPEG", jpeg_size_for(1700, 900))
    assert made == again


def test_a_rendition_carries_nothing_of_the_file():
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = "A secret caption", "Secret"
    exif.get_ifd(0x8825)[2] = (1.0, 2.0, 3.0)
    save = {"exif": exif.tobytes(), "comment": b"secret", "xmp": b"<secret/>"}
    content = file(Image.new("RGB", (50, 50)), "JPEG", **save, icc_profile=b"secret")

    made = render(content)

    assert b"ecret" not in made.files[0] + made.jpeg
    assert b"EXIF" not in made.files[0]
    assert b"Exif" not in made.jpeg


@pytest.mark.parametrize("kind", ["WEBP", "JPEG"])
def test_a_credit_is_put_into_a_file_and_taken_out_without_touching_the_picture(kind):
    made = render(file(Image.effect_noise((501, 333), 60).convert("RGB"), "PNG"))
    plain = made.files[-1] if kind == "WEBP" else made.jpeg

    credited = with_exif(plain, exif_of_credit("Zoë", "CC-BY-4.0"))
    another = with_exif(credited, exif_of_credit("Ann", ""))

    for content, artist, notice in (
        (credited, "Zoë", "Zoë, CC-BY-4.0"),
        (another, "Ann", "Ann"),
    ):
        image = Image.open(io.BytesIO(content))
        exif = {tag: value.encode("latin-1").decode() for tag, value in image.getexif().items()}
        assert exif == {0x013B: artist, 0x8298: notice}
        assert image.tobytes() == Image.open(io.BytesIO(plain)).tobytes()
    assert "Zoë".encode() not in another
    assert with_exif(another, b"") == plain


def test_the_placeholder_is_the_one_that_the_page_decodes():
    """By the reference implementation in JavaScript, of the same 100 × 67 pixels."""
    image = Image.new("RGB", (300, 200), "white")
    ImageDraw.Draw(image).rectangle((0, 0, 150, 200), fill="black")

    placeholder = base64.b64decode(render(file(image, "PNG")).placeholder)

    assert 5 <= len(placeholder) <= 25
    assert placeholder[3] & 0x80 == 0x00 or placeholder[4] & 0x80 == 0x80  # landscape


def cut(kind):
    content = file(Image.effect_noise((300, 200), 60).convert("RGB"), kind)
    return content[: len(content) * 2 // 3]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "HEIF"])
def test_a_file_that_is_cut_off_is_unusable_with_a_reason(kind):
    content = cut(kind)

    with pytest.raises(Unusable) as refused:
        render(content)

    assert str(refused.value).startswith(("is ", "cannot be decoded"))
    assert not refused.value.transient


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"8BPS\0\1" + bytes(40),
        b"\0\0\0\x18ftypmp42" + bytes(40),
        file(Image.new("RGB", (50, 50)), "BMP"),
        file(Image.new("RGB", (50, 50)), "PPM"),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        b"\xff\xd8\xff" + bytes(100),
    ],
)
def test_what_is_not_on_the_list_is_not_opened(content):
    with pytest.raises(Unusable, match="is no image that can be read"):
        inspect(content)


def bomb(width, height):
    """A PNG that declares a size and holds next to nothing."""
    content = bytearray(file(Image.new("1", (8, 8)), "PNG"))
    content[16:24] = width.to_bytes(4) + height.to_bytes(4)
    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4)
    return bytes(content)


def test_a_bomb_is_refused_before_it_is_decoded():
    with pytest.raises(Unusable, match="is 20,000 × 10,001 pixels; at most 200 million are read"):
        inspect(bomb(20_000, 10_001))


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("behind", [b"", b"\0\0\x01\x0aSEFHk" * 9], ids=["nothing", "a trailer"])
def test_a_jpeg_without_the_marker_of_its_end_is_shown(progressive, behind):
    """As panoramas of Galaxy phones are."""
    image = Image.effect_noise((801, 603), 60).convert("RGB")
    content = file(image, "JPEG", quality=90, progressive=progressive)

    assert content.endswith(b"\xff\xd9")
    assert render(content[:-2] + behind) == render(content)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_that_ends_within_its_last_rows_is_cut_off(progressive):
    image = Image.effect_noise((801, 603), 60).convert("RGB")
    content = file(image, "JPEG", quality=90, progressive=progressive)

    with pytest.raises(Unusable, match="is cut off"):
        render(content[:-200])


@pytest.mark.parametrize("size", [(1, 200), (200, 1), (20, 6000), (6000, 20), (1, 1)])
def test_the_thinnest_pictures_are_shown(size):
    made = render(file(Image.new("RGB", size, "red"), "PNG"))

    assert [Image.open(io.BytesIO(one)).size for one in made.files] == sizes_for(*size)
    assert len(base64.b64decode(made.placeholder)) > 4


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_heic_of_samsung_is_turned_once(orientation):
    """Its description, with a rotation, stands behind 1.2 MB of picture; Exif says it again."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    noise = Image.effect_noise((1400, 1000), 120).convert("RGB")
    noise.paste("red", (0, 0, 700, 500))
    upright = noise.transpose(INVERSE[orientation]) if INVERSE[orientation] else noise

    content = meta_last(file(upright, "HEIF", quality=100, exif=exif.tobytes()))

    assert content.rindex(b"meta") > 1_000_000
    image = shown(content)
    assert inspect(content).size == image.size == (1400, 1000)
    assert close(image.getpixel((300, 225)), (255, 0, 0), 20)
    assert not close(image.getpixel((900, 675)), (255, 0, 0), 20)
