"""Pictures and archives of pictures, changed at random: in a header's sizes, in chunks and segments, in any
byte.

`FUZZ_CASES=100000 FUZZ_SEED=7 pytest tests/fuzz` tries as many cases of each kind with another seed.
"""

import io
import os
import random
import re
import struct
import time
import warnings
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from core.data.dataset_reader import read_own_dataset
from core.data.pictures.decoding import decode_picture
from core.errors import CoreError

CASES = int(os.environ.get("FUZZ_CASES", "150"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
pytestmark = pytest.mark.timeout(0 if "FUZZ_CASES" in os.environ else 180)
SECONDS = 2.0  # of processor time, for one file
SIZES = (0, 1, 2, 7, 16, 255, 4095, 16_383, 20_001, 32_767, 65_535, 2**31 - 1, 2**31, 2**32 - 1)
SHAPES = ((28, 28), (1, 1), (1, 300), (40, 60), (257, 300), (33, 17))


def picture(chance):
    """A small picture of noise in one of the formats that are taken."""
    width, height = chance.choice(SHAPES)
    pixels = np.random.default_rng(chance.randrange(2**31)).integers(0, 255, (height, width, 4), np.uint8)
    image, kind = Image.fromarray(pixels, "RGBA"), chance.choice(["PNG", "JPEG", "GIF", "BMP", "WEBP"])
    options = {}
    if kind == "JPEG":
        image = image.convert(chance.choice(["L", "RGB", "CMYK"]))
        options["progressive"] = chance.random() < 0.5
        if chance.random() < 0.5:
            options["exif"] = Image.Exif()
            options["exif"][0x112] = chance.choice([1, 3, 6, 8, 9, 0, 65_535])
    elif kind in ("GIF", "BMP"):
        image = image.convert("P" if kind == "GIF" else "RGB")
    elif kind == "PNG":
        image = image.convert(chance.choice(["L", "RGB", "RGBA", "1"]))
    file = io.BytesIO()
    image.save(file, kind, **options)
    return kind, file.getvalue()


def chunks(data):
    at, found = 8, []
    while at < len(data):
        size = struct.unpack(">I", data[at : at + 4])[0]
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + size]))
        at += 12 + size
    return found


def joined(parts):
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )


def change_png(chance, data):
    """Sizes in the header that nobody has, chunks doubled, dropped, cut, or of kinds that expand."""
    parts = chunks(data)
    at = chance.randrange(len(parts))
    kind = chance.randrange(5)
    name, body = parts[at]
    if kind == 0:
        head = bytearray(parts[0][1])
        head[:4], head[4:8] = (struct.pack(">I", chance.choice(SIZES)) for _ in range(2))
        parts[0] = parts[0][0], bytes(head)
    elif kind == 1:
        parts.insert(at, parts[at])
    elif kind == 2:
        parts[at] = name, body[: len(body) // 2]
    elif kind == 3:
        text = zlib.compress(bytes(10**6))
        parts.insert(1, (chance.choice([b"zTXt", b"iCCP", b"iTXt"]), b"a\0\0" + text))
    else:
        del parts[at]
    return joined(parts)


def change_jpeg(chance, data):
    """Other sizes in the frame, segments repeated, scans repeated."""
    frame = data.find(b"\xff\xc0") if b"\xff\xc0" in data else data.find(b"\xff\xc2")
    kind = chance.randrange(3)
    if kind == 0 and frame > 0:
        sizes = struct.pack(">HH", *(chance.choice(SIZES) & 0xFFFF for _ in range(2)))
        return data[: frame + 5] + sizes + data[frame + 9 :]
    starts = [found.start() for found in re.finditer(rb"\xff[\xc4\xda\xdb\xe1]", data)]
    if not starts:
        return data
    start = chance.choice(starts)
    end = next((other for other in starts if other > start), len(data) - 2)
    return data[:start] + data[start:end] * chance.choice([2, 50, 300]) + data[end:]


def damage(chance, data):
    """Any bytes changed, cut out or doubled."""
    changed = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 8])):
        at = chance.randrange(len(changed))
        kind = chance.randrange(3)
        if kind == 0:
            changed[at] = chance.randrange(256)
        elif kind == 1:
            del changed[at : at + chance.randrange(1, 40)]
        else:
            changed[at:at] = changed[at : at + 40]
        if not changed:
            return b"\0"
    return bytes(changed)


def changed_picture(chance):
    kind, data = picture(chance)
    if chance.random() < 0.1:
        return data
    if kind == "PNG" and chance.random() < 0.7:
        return change_png(chance, data)
    if kind == "JPEG" and chance.random() < 0.7:
        return change_jpeg(chance, data)
    return damage(chance, data)


def changed_archive(chance):
    """A zip of changed pictures with its CSV file, and sometimes with damage of its own."""
    file, rows = io.BytesIO(), ["file,label"]
    with zipfile.ZipFile(file, "w", chance.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
        for number in range(chance.randrange(1, 6)):
            name = chance.choice([f"{number}.png", f"a/{number}.png", f"../{number}.png", f"{number}.jpg"])
            archive.writestr(name, changed_picture(chance))
            rows.append(f"{name},{chance.choice(['3', 'Bag', '10', '', '=1+1'])}")
        archive.writestr("labels.csv", "\n".join(rows))
    return file.getvalue() if chance.random() < 0.5 else damage(chance, file.getvalue())


def fit(error, where):
    sentence = str(error)
    assert sentence.strip(), where
    assert "\n" not in sentence, where
    assert len(sentence) < 400, where


DOORS = {"picture": (changed_picture, decode_picture), "archive": (changed_archive, read_own_dataset)}


@pytest.mark.parametrize("door", DOORS)
def test_a_changed_file_is_a_picture_or_a_sentence(door):
    """Nothing but a `CoreError` comes out, soon; every row of an archive is a sample or has its reason."""
    make, read = DOORS[door]
    taken = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for case in range(CASES):
            data = make(random.Random(f"{door} {SEED} {case}"))
            started = time.process_time()
            try:
                found = read(data)
            except CoreError as error:
                fit(error, (SEED, case))
            else:
                taken += 1
                if door == "archive":
                    assert (
                        len(found.labels) == len(found.images) == sum(row.sample >= 0 for row in found.rows)
                    )
            assert time.process_time() - started < SECONDS, (SEED, case)
    assert taken, "nothing was taken: the fuzzer tries nothing"
