"""A visitor's own dataset: what is read, what is said of each row that is not, what is refused."""

import contextlib
import csv
import io
import resource
import struct
import time
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from core.data import CLASSES
from core.data import zip_archive as archives
from core.data.custom_dataset import CustomImageDataset
from core.data.dataset_reader import read_own_dataset
from core.data.example_archive import MISTAKES, make_example
from core.data.label_table import MAX_ROWS
from core.data.own_dataset import report_csv
from core.errors import DataError


def png(width=28, height=28, color=128, **options):
    """A gray PNG file."""
    file = io.BytesIO()
    Image.new("L", (width, height), color).save(file, format="PNG", **options)
    return file.getvalue()


def noise():
    """A PNG file that does not pack."""
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (28, 28), np.uint8)).save(file, format="PNG")
    return file.getvalue()


def zipped(files, compression=zipfile.ZIP_DEFLATED):
    """A zip archive of (name, bytes) pairs; names may repeat."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in files:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("warnings.warn", lambda *a, **k: None)  # zipfile warns of a repeated name
                archive.writestr(zipfile.ZipInfo(name), data, compression)
    return file.getvalue()


def table(*rows, header="file,label"):
    """A CSV file."""
    return "\n".join([header, *(",".join(row) for row in rows)]).encode()


def refused(data, csv_file=None):
    """The sentence with which an archive is refused; it costs under a second of CPU and 50 MB."""
    tracemalloc.start()
    start = time.process_time()
    try:
        with pytest.raises(DataError) as caught:
            read_own_dataset(data, csv_file)
        seconds, peak = time.process_time() - start, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seconds < 5, "of processor time, on a busy machine too"
    assert peak < 50e6
    sentence = str(caught.value)
    assert sentence.endswith((".", "”"))
    assert "\n" not in sentence
    return sentence


@pytest.fixture(scope="module")
def example(sample_train):
    """The example archive."""
    return make_example(sample_train, 4)


def test_the_example_is_read_whole_and_its_pixels_come_back(example, sample_train):
    """Forty garments, bit for bit, with their labels."""
    found = read_own_dataset(example)
    assert len(found.rows) == len(found.labels) == 40
    assert not any(row.problem for row in found.rows)
    assert found.unused == 0
    assert torch.bincount(found.labels).tolist() == [4] * 10
    chosen = (
        torch.cat([torch.nonzero(sample_train.labels == c).flatten()[:4] for c in range(10)]).sort().values
    )
    assert torch.equal(found.images, sample_train.images[chosen])
    assert torch.equal(found.labels, sample_train.labels[chosen])


def test_the_example_is_the_same_bytes_each_time(example, sample_train):
    """Nothing in it depends on the time of day."""
    assert make_example(sample_train, 4) == example


def test_the_example_unpacked_serves_the_tutorials_dataset_class(example, tmp_path, sample_train):
    """`CustomImageDataset` reads the same folder and CSV file."""
    with zipfile.ZipFile(io.BytesIO(example)) as archive:
        archive.extractall(tmp_path)
    dataset = CustomImageDataset(tmp_path / "labels.csv", tmp_path, target_transform=lambda y: int(y) + 1)
    image, label = dataset[0]
    assert len(dataset) == 40
    assert image.shape == (1, 28, 28)
    assert image.dtype == torch.uint8
    assert label == int(sample_train.labels[0]) + 1
    mean = CustomImageDataset(tmp_path / "labels.csv", tmp_path, transform=lambda x: x.float().mean())[0][0]
    assert mean > 0


def test_each_mistake_of_the_example_is_said_in_its_row(sample_train):
    """Six rows, each with its own reason; only the others become samples."""
    found = read_own_dataset(make_example(sample_train, 2, mistakes=True))
    wrong = [row for row in found.rows if row.problem]
    assert [(row.file, row.label) for row in wrong] == list(MISTAKES)
    assert len(found.labels) == 20
    for row, words in zip(
        wrong,
        ("no such file", "stands in line", "unknown label", "not a picture", "5,000 × 5,000", "no such file"),
        strict=True,
    ):
        assert words in row.problem
        assert row.sample == -1


@pytest.mark.parametrize(
    ("file", "label", "words"),
    [
        ("/etc/passwd", "0", "no such file"),
        ("..", "0", "name is missing"),
        ("", "0", "name is missing"),
        ("a.png", "", "label is missing"),
        ("a.png", "10", "unknown label"),
        ("a.png", "-1", "unknown label"),
        ("a.png", "1.5", "unknown label"),
        ("a.png", "Umbrella", "Ankle boot"),
        ("a.png", "<b>Bag</b>", "unknown label"),
        ("a.png", "=1+1", "unknown label"),
        ("b.png", "0", "no such file"),
        ("text.png", "0", "not a picture"),
        ("cut.png", "0", "damaged"),
        ("huge.png", "0", "13 million"),
        ("big.png", "0", "4,500 × 4,500"),
        ("icon.ico", "0", "not a picture"),
        ("own.csv", "0", "no such file"),
        ("²", "0", "no such file"),
        ("a.png", "²", "unknown label"),
    ],
)
def test_a_row_that_cannot_be_read_says_why(file, label, words, huge_png):
    """One reason a row; the row before it is read all the same."""
    icon = io.BytesIO()
    Image.new("L", (28, 28)).save(icon, format="ICO")
    files = [
        ("a.png", png()),
        ("good.png", png()),
        ("text.png", b"hello"),
        ("cut.png", noise()[:500]),
        ("huge.png", huge_png),
        ("big.png", png(4500, 4500)),
        ("icon.ico", icon.getvalue()),
        ("own.csv", b"x"),
    ]
    rows = io.StringIO()
    csv.writer(rows).writerows([("file", "label"), ("good.png", "Bag"), (file, label)])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = read_own_dataset(zipped(files), rows.getvalue().encode())
    assert found.rows[0].problem == ""
    assert words in found.rows[1].problem
    assert found.labels.tolist() == [8]
    assert (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000
    )  # kB: a huge picture is not decoded


@pytest.fixture(scope="module")
def huge_png():
    """A whole PNG file of 20,000 x 20,000 black pixels, 400 MB unpacked."""
    packer = zlib.compressobj(1)
    data = b"".join(packer.compress(b"\0" * (20_001 * 100)) for _ in range(200)) + packer.flush()

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def test_a_webp_of_the_largest_size_costs_no_memory():
    """A header that claims 16,383 x 16,383 pixels is refused by its size."""
    body = b"VP8X" + struct.pack("<I", 10) + bytes(4) + b"\xfe\x3f\x00" * 2
    fake = b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = read_own_dataset(zipped([("a.webp", fake)]), table(("a.webp", "1")))
    assert found.rows[0].problem
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000


def test_the_same_file_twice_in_the_csv_is_read_once():
    """The second row says where the first is."""
    found = read_own_dataset(zipped([("a.png", png())]), table(("a.png", "1"), ("a.png", "2")))
    assert found.rows[1].problem == "the same file stands in line 2 already"
    assert found.labels.tolist() == [1]


def test_many_large_pictures_stop_being_decoded():
    """9 million pixels each: after 400 million together the rest is refused, row by row."""
    files = [(f"{i}.png", png(3000, 3000, compress_level=1)) for i in range(2)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.data.dataset_reader.MAX_ALL_PIXELS", 10_000_000)
        found = read_own_dataset(zipped(files), table(("0.png", "1"), ("1.png", "2")))
    assert found.rows[0].problem == ""
    assert "together" in found.rows[1].problem


def test_pictures_of_any_kind_become_28_by_28_gray_on_black():
    """Wide ones are fitted in, nothing but transparent pixels is black, color is turned to gray."""
    wide, clear, color = io.BytesIO(), io.BytesIO(), io.BytesIO()
    Image.new("L", (56, 28), 200).save(wide, format="PNG")
    Image.new("RGBA", (28, 28), (255, 255, 255, 0)).save(clear, format="PNG")
    Image.new("RGB", (60, 60), (255, 0, 0)).save(color, format="JPEG")
    files = [("wide.png", wide.getvalue()), ("clear.png", clear.getvalue()), ("red.jpg", color.getvalue())]
    images = read_own_dataset(
        zipped(files), table(("wide.png", "0"), ("clear.png", "0"), ("red.jpg", "0")), prepare_pictures=False
    ).images
    assert images[0, 0].max() == 0
    assert images[0, 14].min() == 200
    assert images[1].max() == 0
    assert 70 < int(images[2].min()) <= int(images[2].max()) < 82


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("file,label", "a.png,3"),
        ("label,image", "3,a.png"),
        ("x;y", "a.png;Dress"),
        ("\ufefffile\tlabel", "a.png\tdress"),
        ("file,label", '"a.png","3"'),
        ("file,label,note", "./a.png,3,=cmd()"),
        ("file,label", "pictures/a.png,3"),
    ],
)
def test_csv_files_of_several_dialects_are_read(header, row):
    """Commas, semicolons, tabs, quotes, a byte order mark, columns in another order."""
    found = read_own_dataset(zipped([("pictures/a.png", png())]), f"{header}\r\n{row}\r\n".encode())
    assert [r.problem for r in found.rows] == [""]
    assert found.labels.tolist() == [3]


def test_an_archive_with_path_traversal_is_refused():
    """Nothing is unpacked."""
    for name in ("../../evil.png", "/etc/cron.d/evil", "a/../../evil.png", "..\\evil.png", "C:/evil.png"):
        assert "leads out" in refused(zipped([("labels.csv", table()), (name, b"x")]))


def test_a_zip_bomb_is_refused_before_it_unpacks():
    """Files that unpack to 19 MB each, and one that unpacks to 1 GB."""
    assert "unpacks to more than 200 MB" in refused(
        zipped([(f"{i}.png", bytes(10_000_000)) for i in range(30)])
    )
    big = bytearray(zipped([("labels.csv", table()), ("a.png", bytes(1000))]))
    at = big.rindex(b"PK\x01\x02")
    big[at + 24 : at + 28] = struct.pack("<I", 1_000_000_000)
    assert "more than 200 MB" in refused(bytes(big))


def test_a_member_that_unpacks_to_more_than_it_claims_is_cut_off():
    """The bytes beyond the claim are never made."""
    lying = bytearray(zipped([("a.png", bytes(20_000_000)), ("labels.csv", table(("a.png", "1")))]))
    at = lying.index(b"PK\x01\x02")
    lying[at + 24 : at + 28] = struct.pack("<I", 1000)
    tracemalloc.start()
    found = read_own_dataset(bytes(lying))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.rows[0].problem == "it is damaged in the archive"
    assert peak < 5e6


def test_sizes_and_counts_that_the_directory_lies_about_are_refused():
    """A file larger than it says, one that claims gigabytes, and nine thousand names for the same bytes."""
    worker = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = worker.compress(bytes(20_000_000)) + worker.flush()

    def archive(claimed, count):
        names = [b"%05d.png" % number for number in range(count)]
        local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 0, 0, len(packed), claimed, 9, 0)
        start = local + names[0] + packed
        entries = b"".join(
            struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 8, 0, 0, 0, len(packed), claimed, 9,
                        *(0,) * 6) + name
            for name in names
        )  # fmt: skip
        sizes = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(entries), len(start), 0)
        return start + entries + sizes

    with pytest.raises(DataError, match="damaged in the archive"):
        archives.open_archive(archive(10, 1)).read("00000.png")
    assert "more than 200 MB" in refused(archive(2**32 - 2, 1))
    assert "contradicts itself" in refused(archive(10, 9_000))
    assert "60,000 files" in refused(archive(10, 60_000))


def test_files_that_share_bytes_are_refused():
    """The trick of the best zip bombs: one compressed block under many names."""
    data = bytearray(zipped([("a.png", bytes(5000)), ("b.png", bytes(5000))]))
    first, second = data.index(b"PK\x01\x02"), data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    assert "mislead" in refused(bytes(data))


def test_a_million_tiny_files_are_refused_by_their_count():
    """Ten thousand and one, for real; and an archive that claims a million."""
    assert "10,001 files" in refused(zipped([(f"{i}", b"") for i in range(10_001)], zipfile.ZIP_STORED))
    entry = zipped([("a", b"")], zipfile.ZIP_STORED)
    at, end = entry.index(b"PK\x01\x02"), entry.index(b"PK\x05\x06")
    many = entry[:at] + entry[at:end] * 1_000_000
    many += struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, (end - at) * 1_000_000, at, 0)
    start = time.process_time()
    with pytest.raises(DataError, match="65,535 files or more"):
        read_own_dataset(many)
    assert time.process_time() - start < 5, "of processor time, on a busy machine too"


def test_two_files_of_one_name_are_refused():
    """Which of them a row means, nobody could say."""
    assert "two files named" in refused(zipped([("a.png", png()), ("labels.csv", table()), ("a.png", png())]))
    assert "two files named" in refused(zipped([("a.png", png()), ("./a.png", png())]))


@pytest.mark.parametrize(
    "spoil", [b"", b"PK", b"PK\x03\x04" + b"x" * 100, b"\x89PNG\r\n", b"Rar!\x1a\x07\x00"]
)
def test_what_is_no_zip_archive_is_refused(spoil):
    """In one sentence."""
    refused(spoil)


def test_other_archives_are_refused(sample_train):
    """Encrypted, compressed otherwise, without or with several CSV files, too large, empty."""
    plain = zipped([("labels.csv", table()), ("a.png", png())])
    locked = bytearray(plain)
    at = locked.rindex(b"PK\x01\x02")
    locked[at + 8] |= 1
    assert "encrypted" in refused(bytes(locked))
    assert "unusual way" in refused(zipped([("a.csv", table(("a", "0")) * 50)], zipfile.ZIP_BZIP2))
    assert "no CSV file" in refused(zipped([("a.png", png())]))
    assert "2 CSV files" in refused(zipped([("a.csv", b"x"), ("b.csv", b"x")]))
    assert "is empty" in refused(zipped([]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archives, "MAX_ARCHIVE", 100)
        assert "most accepted" in refused(plain)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"file\na.png", "two columns"),
        (b"file,label\n", "no rows"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"file,label\n\0,1", "not text"),
        (b"file,label\n" + b"a,1\n" * (MAX_ROWS + 1), "10,000 rows"),
        (b"file,label\n" + b"x" * 2_000_000, "MB"),
        (b'file,label\n"' + b"x" * 200_000 + b'",1', "line"),
        (b"," * 24_000_000, "line 1"),
        (b",label" * 1_000 + b"\n" + b"1," * 12_000_000, "line 2"),
        (b",label" * 1_000 + b"\n" + b'"\n",' * 4_000_000, "100,000 characters"),
    ],
)
def test_a_csv_file_that_cannot_be_used_is_refused_in_one_sentence(data, words):
    """Whatever stands in it."""
    assert words in refused(zipped([("a.png", png())]), data)


def test_the_report_is_no_formula_for_a_spreadsheet():
    """Cells that begin like a formula get an apostrophe."""
    rows = read_own_dataset(
        zipped([("a.png", png())]), table(("=1+1", "@x"), ("+a", "-2"), ("a.png", "1"))
    ).rows
    cells = list(csv.reader(io.StringIO(report_csv(rows))))
    assert cells[1][1:3] == ["'=1+1", "'@x"]
    assert cells[2][1:3] == ["'+a", "'-2"]
    assert cells[3][1:] == ["a.png", "1", "read"]


def test_splits_hold_every_sample_once_and_have_one_name(example):
    """Nothing is in both; the same upload gives the same fingerprint, another share another one."""
    found = read_own_dataset(example)
    train, test = found.splits(0.2)
    assert (len(train), len(test)) == (32, 8)
    assert train.train
    assert not test.train
    assert train.fingerprint == test.fingerprint
    assert train.fingerprint.startswith("custom-")
    assert train.classes == CLASSES
    together = np.sort(torch.cat([train.images, test.images]).flatten(1).double().sum(1).numpy())
    assert np.array_equal(together, np.sort(found.images.flatten(1).double().sum(1).numpy()))
    assert read_own_dataset(example).splits(0.2)[0].fingerprint == train.fingerprint
    assert found.splits(0.5)[0].fingerprint != train.fingerprint
    with pytest.raises(DataError, match="at least 20"):
        read_own_dataset(zipped([("a.png", png())]), table(("a.png", "1"))).splits()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 3000), value=st.integers(0, 255), cut=st.integers(0, 3000))
def test_a_damaged_archive_never_raises_anything_else(at, value, cut):
    """Any byte changed, any length: a sentence, or rows."""
    data = bytearray(
        zipped(
            [("a.png", png()), ("b.png", png(40, 30)), ("labels.csv", table(("a.png", "1"), ("b.png", "2")))]
        )
    )
    data[at % len(data)] = value
    for spoiled in (bytes(data), bytes(data[: cut % len(data)])):
        with contextlib.suppress(DataError):
            read_own_dataset(spoiled)
