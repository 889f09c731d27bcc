"""Odd files become a 28 x 28 image or one sentence, within 100 MB and two seconds."""

import io
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.data import Split
from core.data.pictures import Preparation, prepare, prepare_upload
from core.data.pictures.decoding import decode_picture
from core.errors import ImageError

ROOT = Path(__file__).resolve().parents[3]
STAGES = ["picture", "gray", "polarity", "crop", "fit", "normalize"]
RNG = np.random.default_rng(0)


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    """The picture as a file."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def bag(mode: str = "RGB", size: tuple[int, int] = (120, 160)) -> Image.Image:
    """A dark rectangle on white."""
    picture = Image.new("L", size, 255)
    picture.paste(60, (size[0] // 4, size[1] // 4, size[0] * 3 // 4, size[1] * 3 // 4))
    return picture.convert(mode)


def chunk(name: bytes, data: bytes) -> bytes:
    """One chunk of a PNG file."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of(width: int, height: int, depth: int = 1, color: int = 0, rows: bytes = b"") -> bytes:
    """A PNG with this header and these (unpacked) rows."""
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    packed = chunk(b"IDAT", zlib.compress(rows, 1))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + packed + chunk(b"IEND", b"")


def animated(kind: str) -> bytes:
    """Three frames, of which the first is the garment."""
    frames = [Image.new("RGB", (120, 160), color) for color in ("red", "blue")]
    return saved(bag(), kind, save_all=True, append_images=frames, duration=100)


def exif(orientation: int) -> bytes:
    """EXIF data that says how the camera was held."""
    data = Image.Exif()
    data[0x0112] = orientation
    return data.tobytes()


def gray16(kind: str = "PNG") -> bytes:
    """16 bits a pixel."""
    return saved(Image.fromarray(np.asarray(bag("L")).astype(np.uint16) * 257), kind)


def noise(*shape: int) -> Image.Image:
    """Random pixels: what packs worst."""
    return Image.fromarray(RNG.integers(0, 256, shape, dtype=np.uint8))


def corrupt(data: bytes, at: float) -> bytes:
    """The file with twenty bytes overwritten."""
    place = int(len(data) * at)
    return data[:place] + b"\xa5" * 20 + data[place + 20 :]


def segment(marker: int, data: bytes) -> bytes:
    """One segment of a JPEG file."""
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def scan_bomb(side: int, scans: int) -> bytes:
    """A progressive JPEG with its smallest scan many times over: each walks over every block."""
    data = saved(Image.new("L", (side, side), 128), "JPEG", progressive=True)
    starts = [found.start() for found in re.finditer(rb"\xff\xda", data)] + [len(data) - 2]
    last = data[starts[-2] : starts[-1]]
    return data[:-2] + last * scans + data[-2:]


def sequential(side: int) -> bytes:
    """A JPEG that is not progressive, with a scan for each color: all coefficients are kept."""
    tables = segment(0xDB, b"\0" + bytes([16] * 64))
    frame = struct.pack(">BHHB", 8, side, side, 3) + b"".join(bytes([i, 0x11, 0]) for i in (1, 2, 3))
    codes = bytes([1] + [0] * 15) + b"\0"
    tables += segment(0xC0, frame) + segment(0xC4, b"\x00" + codes) + segment(0xC4, b"\x10" + codes)
    blocks = bytes(-(-((-(-side // 8)) ** 2) * 2 // 8))
    scans = b"".join(segment(0xDA, bytes([1, color, 0, 0, 63, 0])) + blocks for color in (1, 2, 3))
    return b"\xff\xd8" + tables + scans + b"\xff\xd9"


def texts(count: int, picture: bytes) -> bytes:
    """A PNG with chunks of text that unpack to a megabyte each."""
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1_000_000)))
    return picture[:33] + text * count + picture[33:]


def interlaced(width: int, height: int) -> bytes:
    """A PNG of 16 bits per channel in seven passes: all of it stays in memory until the last."""
    size = 0
    for left, top, right, down in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4),
                                   (1, 0, 2, 2), (0, 1, 1, 2)):  # fmt: skip
        size += -(-(height - top) // down) * (1 + 8 * -(-(width - left) // right))
    header = struct.pack(">IIBBBBB", width, height, 16, 6, 0, 0, 1)
    packed = chunk(b"IDAT", zlib.compress(bytes(size), 1))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + packed + chunk(b"IEND", b"")


def frames_of_png(count: int) -> bytes:
    """An animated PNG: each frame is two chunks."""
    frame = struct.pack(">IIIIIHHBB", 0, 120, 160, 0, 0, 1, 10, 0, 0)
    pixels = chunk(b"fdAT", bytes(4) + zlib.compress(bytes(361 * 160)))
    start = chunk(b"acTL", struct.pack(">II", count + 1, 0)) + chunk(b"fcTL", frame)
    return PNG[:33] + start + PNG[33:-12] + (chunk(b"fcTL", frame) + pixels) * count + PNG[-12:]


def webp(*chunks: tuple[bytes, bytes], flags: int) -> bytes:
    """An extended WebP of 10 x 10 pixels, as its header says, of these chunks."""
    head = (b"VP8X", bytes([flags, 0, 0, 0, 9, 0, 0, 9, 0, 0]))
    body = b"".join(
        name + struct.pack("<I", len(data)) + data + bytes(len(data) & 1) for name, data in (head, *chunks)
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def lossless(claims: int = 10) -> bytes:
    """A lossless WebP of 10 x 10 pixels that says it has another side."""
    data = bytearray(saved(Image.new("RGB", (10, 10), "teal"), "WEBP", lossless=True))
    data[21:25] = struct.pack("<I", claims - 1 | claims - 1 << 14)
    return bytes(data)


def run_length(side: int, body: bytes, bits: int = 8) -> bytes:
    """A run-length encoded BMP of 8 or 4 bits per pixel."""
    start, kind = 54 + 4 * (1 << bits), 1 if bits == 8 else 2
    sizes = struct.pack("<IiiHHIIiiII", 40, side, side, 1, bits, kind, len(body), 0, 0, 1 << bits, 0)
    return b"BM" + struct.pack("<IHHI", start + len(body), 0, 0, start) + sizes + bytes(start - 54) + body


PNG, JPEG, GIF, WEBP, BMP = (saved(bag(), kind) for kind in ("PNG", "JPEG", "GIF", "WEBP", "BMP"))
GIF_HEAD = 13 + (3 << (GIF[10] & 7) + 1)

READABLE: dict[str, Callable[[], bytes]] = {
    "plain png": lambda: PNG,
    "plain jpeg": lambda: JPEG,
    "plain gif": lambda: GIF,
    "plain webp": lambda: WEBP,
    "plain bmp": lambda: BMP,
    "animated gif": lambda: animated("GIF"),
    "animated webp": lambda: animated("WEBP"),
    "animated png": lambda: animated("PNG"),
    "cmyk jpeg": lambda: saved(bag("CMYK"), "JPEG"),
    "gray jpeg": lambda: saved(bag("L"), "JPEG"),
    "progressive jpeg": lambda: saved(bag(), "JPEG", progressive=True),
    "jpeg of quality 1": lambda: saved(bag(), "JPEG", quality=1),
    "exif turned": lambda: saved(bag(), "JPEG", exif=exif(6)),
    "exif mirrored": lambda: saved(bag(), "JPEG", exif=exif(7)),
    "exif nonsense": lambda: saved(bag(), "JPEG", exif=b"Exif\0\0" + b"\xff" * 40),
    "png with exif": lambda: saved(bag(), "PNG", exif=exif(8)),
    "16-bit gray": gray16,
    "1-bit": lambda: saved(bag("1"), "PNG"),
    "palette": lambda: saved(bag("P"), "PNG"),
    "palette with transparency": lambda: saved(bag("P"), "PNG", transparency=255),
    "gray with alpha": lambda: saved(bag("LA"), "PNG"),
    "wholly transparent": lambda: saved(Image.new("RGBA", (50, 50)), "PNG"),
    "lossless webp": lambda: saved(bag("RGBA"), "WEBP", lossless=True),
    "1 x 1": lambda: saved(Image.new("RGB", (1, 1), "red"), "PNG"),
    "1 x 10,000": lambda: saved(Image.new("L", (1, 10_000), 9), "PNG"),
    "10,000 x 1": lambda: saved(noise(1, 10_000), "PNG"),
    "2 x 2": lambda: saved(noise(2, 2), "PNG"),
    "28 x 28": lambda: saved(noise(28, 28), "PNG"),
    "all black": lambda: saved(Image.new("L", (300, 300), 0), "PNG"),
    "all white": lambda: saved(Image.new("L", (300, 300), 255), "JPEG"),
    "noise": lambda: saved(noise(700, 500, 3), "PNG"),
    "a phone's picture as a png": lambda: saved(Image.new("RGBA", (4032, 3024), (1, 2, 3, 4)), "PNG"),
    "13 million pixels": lambda: saved(Image.new("RGBA", (4000, 3250), (1, 2, 3, 4)), "PNG"),
    "13 million pixels of a gif": lambda: saved(Image.new("P", (4000, 3250)), "GIF"),
    "49 million pixels of a jpeg": lambda: saved(Image.new("L", (7000, 7000), 200), "JPEG"),
    "progressive, 12 million": lambda: saved(
        Image.new("RGB", (4000, 3000), "teal"), "JPEG", progressive=True, subsampling=0
    ),
    "webp, 5 million": lambda: saved(Image.new("RGB", (2500, 2000), "teal"), "WEBP", quality=1, method=0),
    "a jpeg of 38 scans": lambda: scan_bomb(3464, 32),
    "sequential, 12 million": lambda: sequential(3464),
    "texts of 24 MB before 13 million pixels": lambda: texts(
        24, saved(Image.new("RGBA", (4000, 3250), (1, 2, 3, 4)), "PNG")
    ),
    "a gif with a long comment": lambda: (
        GIF[:GIF_HEAD] + b"!\xfe" + (b"\xff" + bytes(255)) * 900 + b"\0" + GIF[GIF_HEAD:]
    ),
    "a png in seven passes": lambda: interlaced(3600, 3600),
    "1,900 frames of a png": lambda: frames_of_png(1900),
    "a gif of a thousand frames": lambda: GIF[:-1] + GIF[GIF_HEAD:-1] * 1_000 + GIF[-1:],
    "webp, lossless, 5 million": lambda: saved(
        Image.new("RGB", (2500, 2000), "teal"), "WEBP", lossless=True, method=0
    ),
    "webp with a profile of 19 MB": lambda: webp(
        (b"ICCP", bytes(19_000_000)), (b"VP8L", lossless()[20:]), flags=0x20
    ),
    "jpeg with a profile of 16 MB": lambda: (
        JPEG[:2]
        + b"".join(segment(0xE2, b"ICC_PROFILE\0" + bytes([i, 255]) + bytes(65_000)) for i in range(1, 256))
        + JPEG[2:]
    ),
    "png that unpacks to more than its pixels": lambda: png_of(100, 100, 8, 0, bytes(20_000_000)),
    "a run-length encoded bmp": lambda: run_length(
        1400, (b"\xff\x12" * 6 + b"\0\0") * 1400 + b"\0\1", bits=4
    ),
    "text after the picture": lambda: PNG + b"hello" * 1000,
}

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "empty"),
    "text": (lambda: b"hello, this is no picture", "not a picture"),
    "zeros": (lambda: bytes(5000), "not a picture"),
    "svg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="9"/>', "SVG"),
    "svg after a comment": (lambda: b"<!-- drawn by hand -->\n<svg width='9'></svg>", "SVG"),
    "heic": (lambda: struct.pack(">I", 24) + b"ftypheic" + bytes(400), "HEIC"),
    "tiff": (lambda: saved(bag(), "TIFF"), "TIFF"),
    "pdf": (lambda: saved(bag(), "PDF"), "PDF"),
    "truncated png": (lambda: PNG[: len(PNG) // 2], "damaged or cut short"),
    "truncated jpeg": (lambda: JPEG[: len(JPEG) // 2], "damaged or cut short"),
    "truncated webp": (lambda: WEBP[: len(WEBP) // 2], "damaged or cut short"),
    "truncated bmp": (lambda: BMP[: len(BMP) // 2], "damaged or cut short"),
    "only a signature": (lambda: b"\x89PNG\r\n\x1a\n", "damaged or cut short"),
    "only a webp signature": (lambda: b"RIFF\0\0\0\0WEBP", "damaged or cut short"),
    "damaged header": (lambda: corrupt(PNG, 0.05), "damaged or cut short"),
    "decompression bomb": (
        lambda: png_of(13_300, 13_300, rows=bytes(1664 * 13_300)),
        "13,300 × 13,300 pixels",
    ),
    "webp that claims a lot": (
        lambda: b"RIFF" + bytes(4) + b"WEBPVP8X" + bytes(8) + b"\xfe\x3f\0\xfe\x3f\0" + bytes(99),
        "16,383 × 16,383",
    ),
    "gif that claims a lot": (lambda: b"GIF89a\xff\xff\xff\xff" + GIF[10:], "65,535 × 65,535"),
    "png without pixels": (lambda: png_of(0, 10), "damaged|no pixels"),
    "very long": (lambda: png_of(1, 30_000, rows=bytes(60_000)), "30,000 pixels"),
    "webp, lossless, that claims a lot": (lambda: lossless(16_383), "16,383 × 16,383"),
    "webp with a large picture in a small one": (
        lambda: webp((b"VP8L", lossless(16_383)[20:]), flags=0),
        "damaged",
    ),
    "png with a text of 50 MB": (
        lambda: PNG[:33] + chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(50_000_000), 1)) + PNG[33:],
        "damaged",
    ),
    "png with a hundred profiles": (
        lambda: PNG[:33] + chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(1_000_000))) * 100 + PNG[33:],
        "too many parts",
    ),
    "jpeg with EXIF in 3,900 parts": (
        lambda: JPEG[:2] + segment(0xE1, b"Exif\0\0" + bytes(4_900)) * 3900 + JPEG[2:],
        "too many parts",
    ),
    "a bmp of ten million runs": (lambda: run_length(1400, b"\1\5" * 9_900_000), "run-length"),
    "a large bmp of long runs": (lambda: run_length(3600, b"\xff\5" * 55_000, bits=4), "run-length"),
    "a tiff of many tags": (lambda: b"II*\0" + struct.pack("<IH", 8, 65_535) + bytes(800_000), "TIFF"),
    "scans without end": (lambda: scan_bomb(3464, 1000), "scans"),
    "sequential, 50 million": (lambda: sequential(7070), "too large for a progressive"),
    "a million chunks": (lambda: PNG[:33] + chunk(b"abCd", b"") * 1_000_000 + PNG[33:], "too many parts"),
    "a hundred texts": (lambda: texts(100, PNG), "too many parts"),
    "a million segments": (lambda: JPEG[:2] + segment(0xFE, b"") * 1_000_000 + JPEG[2:], "too many parts"),
    "a jpeg with junk": (lambda: JPEG[:4] + bytes(19_000_000), "damaged"),
    "a gif with a million comments": (
        lambda: GIF[:GIF_HEAD] + b"!\xfe\x01a\0" * 1_000_000 + GIF[GIF_HEAD:],
        "too many",
    ),
    "a gif with a comment in pieces": (
        lambda: GIF[:GIF_HEAD] + b"!\xfe" + b"\x01a" * 1_000_000 + b"\0" + GIF[GIF_HEAD:],
        "too many",
    ),
    "a gif with junk": (lambda: GIF[:GIF_HEAD] + bytes(19_000_000), "damaged"),
    "a webp with a million frames": (
        lambda: animated("WEBP") + b"ANMF\x10\0\0\0" + b"ANMF" * 10_000,
        "too many",
    ),
    "a web page": (lambda: b"<!DOCTYPE html>\n<html><head><title>404</title></head>", "web page"),
    "an error as xml": (lambda: b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>', "server"),
    "a pointer": (lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS"),
    "21 MB": (lambda: PNG + bytes(21_000_000), "21 MB"),
}

MEASURE = """
import json, resource, sys, time
from pathlib import Path
from core.errors import ImageError
from core.data.pictures import prepare_upload

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")

def memory(name):  # megabytes; getrusage's peak would be that of the process that started this one
    if not STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return int(STATUS.read_text().split(name + ":")[1].split()[0]) / 1024

folder = Path(sys.argv[1])
prepare_upload((folder / "warm.png").read_bytes())
results = {}
for path in sorted(folder.iterdir()):
    data = path.read_bytes()
    if STATUS.exists():
        CLEAR.write_text("5")  # the peak starts anew
    before, start = memory("VmRSS"), time.process_time()
    try:
        image = prepare_upload(data)
        outcome = [*image.shape, str(image.dtype), float(image.min()), float(image.max())]
    except ImageError as error:
        outcome = str(error)
    results[path.stem] = (outcome, time.process_time() - start, memory("VmHWM") - before)
print(json.dumps(results))
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list]:
    """What became of every odd file in one process: the outcome, CPU seconds, peak of memory in MB."""
    folder = tmp_path_factory.mktemp("odd")
    (folder / "warm.png").write_bytes(PNG)
    for name, make in (READABLE | {name: make for name, (make, _) in REFUSED.items()}).items():
        (folder / f"{name}.png").write_bytes(make())
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MEASURE, str(folder)],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    shutil.rmtree(folder)  # 150 MB
    assert run.stderr == ""
    return json.loads(run.stdout)


def test_there_are_fifty_odd_files():
    """The issue asks for fifty."""
    assert len(READABLE) + len(REFUSED) >= 50


@pytest.mark.parametrize("name", READABLE)
def test_odd_pictures_are_prepared(name, outcomes):
    """Whatever can be read becomes float32, 1 x 28 x 28, in [0, 1]."""
    outcome = outcomes[name][0]
    assert outcome[:4] == [1, 28, 28, "torch.float32"], outcome
    assert 0 <= outcome[4] <= outcome[5] <= 1


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_one_sentence(name, outcomes):
    """Whatever cannot be read is refused with a sentence that names what is wrong."""
    outcome = outcomes[name][0]
    assert isinstance(outcome, str), outcome
    assert any(part in outcome for part in REFUSED[name][1].split("|")), outcome
    assert outcome.endswith(".")
    assert "\n" not in outcome


def test_no_file_takes_long_or_much_memory(outcomes):
    """Each takes under two seconds of one core, and less than 100 MB, of which some is measured."""
    slow = {name: seconds for name, (_, seconds, _) in outcomes.items() if seconds >= 2}
    large = {name: peak for name, (_, _, peak) in outcomes.items() if peak >= 100}
    assert not slow
    assert not large
    assert max(peak for _, _, peak in outcomes.values()) > 10  # the measurement itself works


@pytest.mark.parametrize("orientation", range(2, 9))
def test_exif_orientation_is_undone(orientation):
    """A picture saved turned, with EXIF that says so, comes out upright."""
    upright = bag()
    upright.paste((255, 0, 0), (0, 0, 30, 20))
    undo = {5: 5, 6: 2, 7: 6, 8: 4, 2: 0, 3: 3, 4: 1}[orientation]  # Pillow's transpose that turns it
    data = saved(upright.transpose(undo), "PNG", exif=exif(orientation))
    assert np.array_equal(np.asarray(decode_picture(data).convert("RGB")), np.asarray(upright))


def test_a_dataset_image_comes_back_unchanged(sample_test: Split):
    """A test image saved as a 28 x 28 PNG, on black or inverted, is prepared to itself within 3%."""
    for image in sample_test.images[:20]:
        for pixels in (image.numpy(), 255 - image.numpy()):
            prepared = prepare_upload(saved(Image.fromarray(pixels), "PNG"))
            assert float((prepared[0] - image / 255).abs().mean()) < 0.03


def test_16_bits_are_scaled_not_cut_off():
    """A gray of 60/255 in 16 bits is the same gray as in 8 bits."""
    narrow = np.asarray(decode_picture(saved(bag("L"), "PNG")))
    assert np.array_equal(np.asarray(decode_picture(gray16())), narrow)


def test_each_setting_changes_what_it_says():
    """Polarity, tolerance, cut, size, shift, turn and brightness each do their part and nothing else."""
    picture = decode_picture(saved(bag(), "PNG"))

    def made(**settings: object) -> torch.Tensor:
        return prepare(picture, Preparation(**settings)).image[0]

    plain = made()
    assert plain[14, 14] == 1
    assert plain[:, 0].max() == 0  # taller than wide: black at the sides
    assert made(polarity="keep", stretch=False)[14, 14] == pytest.approx(60 / 255, abs=0.01)
    assert torch.equal(made(polarity="invert"), plain)
    assert made(tolerance=0.95).max() == 0
    assert (made(crop=False) > 0).sum() < (plain > 0).sum()
    assert (made(size=14) > 0).any(1).sum() <= 15
    assert torch.equal(made(size=20, right=3, down=-2), made(size=20).roll((-2, 3), (0, 1)))
    assert (made(turn=1) > 0).any(0).sum() > (made(turn=1) > 0).any(1).sum()
    assert made(stretch=False).max() == pytest.approx(1 - 60 / 255, abs=0.01)


def test_stages_tell_the_whole_way():
    """The stages are those of the page, in order, and the last one is what the network gets."""
    prepared = prepare(decode_picture(PNG))
    assert [stage.name for stage in prepared.steps] == STAGES
    assert torch.equal(prepared.steps[-1].image, prepared.image[0])
    assert torch.equal(prepared.pixels.float() / 255, prepared.image[0])
    assert all(stage.note.endswith(".") for stage in prepared.steps)


@pytest.mark.parametrize(
    "settings", [{"polarity": "x"}, {"tolerance": 2}, {"size": 0}, {"turn": 9}, {"right": 99}]
)
def test_settings_out_of_range_are_one_sentence(settings):
    """A setting that a link could carry out of range is refused in words."""
    with pytest.raises(ImageError):
        Preparation(**settings)
