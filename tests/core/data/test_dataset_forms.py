"""The forms in which people have datasets: each is read rightly, or the sentence says what to choose."""

import io
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from core.data import CLASSES
from core.data.class_names import class_of
from core.data.dataset_reader import DatasetReader, open_dataset, preview, read_own_dataset
from core.data.file_names import FileNames
from core.data.label_table import Columns
from core.errors import DataError

COUNT = 30


def png(number: int, array: np.ndarray | None = None) -> bytes:
    """A picture; those of different numbers differ."""
    value = np.full((28, 28), 7 * number, np.uint8) if array is None else array
    file = io.BytesIO()
    Image.fromarray(value).save(file, "PNG")
    return file.getvalue()


def packed(*members: tuple[str, bytes | str]) -> bytes:
    """A zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def pictures(path: str = "{}.png") -> list[tuple[str, bytes]]:
    """`COUNT` pictures under such a path."""
    return [(path.format(i), png(i)) for i in range(COUNT)]


def table(row: str, header: str = "file,label") -> str:
    """`COUNT` rows, in which `{0}` is the number and `{1}` the class."""
    rows = [row.format(i, i % 10, CLASSES[i % 10]) for i in range(COUNT)]
    return "\n".join([*([header] if header else []), *rows]) + "\n"


ONE_HOT = "filename," + ",".join(CLASSES)


def one_hot() -> str:
    """Roboflow's form."""
    rows = [f"{i}.png," + ",".join(str(int(c == i % 10)) for c in range(10)) for i in range(COUNT)]
    return "\n".join([ONE_HOT, *rows])


FORMS: dict[str, list[tuple[str, bytes | str]]] = {
    "without a header": [*pictures("g{}.png"), ("labels.csv", table("g{0}.png, {1}", ""))],
    "without a header, label first": [*pictures(), ("labels.csv", table("{1},{0}.png", ""))],
    "one-hot": [*pictures(), ("_classes.csv", one_hot())],
    "a fold first": [*pictures(), ("l.csv", table("{0}.png,0,{1}", "image_id,fold,category"))],
    "an index first": [*pictures("x{}.png"), ("l.csv", table("{0},x{0}.png,{1}", ",name,kind"))],
    "a class's number and name": [*pictures(), ("l.csv", table("{0}.png,{1},{2}", "image,label,class_name"))],
    "a fold beside names of classes": [*pictures(), ("l.csv", table("{0}.png,0,{2}", "picture,part,kind"))],
    "names without extension": [*pictures("train/{}.png"), ("train.csv", table("{0},{1}", "id,label"))],
    "names with another extension": [*pictures(), ("l.csv", table("{0}.jpg,{1}"))],
    "absolute paths": [*pictures("data/img/{}.png"), ("data/l.csv", table("/home/me/img/{0}.png,{1}"))],
    "a drive": [*pictures("data/img/{}.png"), ("data/l.csv", table("C:\\me\\img\\{0}.png,{1}"))],
    "folders above": [*pictures("data/img/{}.png"), ("data/l.csv", table("../data/img/{0}.png,{1}"))],
    "the same names in another folder": [
        *pictures("train/{}.png"), *pictures("test/{}.png"), ("l.csv", table("/kaggle/train/{0}.png,{1}"))
    ],
    "names in capitals": [*pictures("{}.PNG"), ("l.csv", table("{0}.png,{1}"))],
    "what macOS and Windows add": [
        *pictures("g/{}.png"), *((f"g/._{i}.png", b"\0\5\26\7") for i in range(COUNT)), ("g/._l.csv", b"\0"),
        ("g/.DS_Store", b"x"), ("g/Thumbs.db", b"x"), ("__MACOSX/g/l.csv", b"x"),
        ("g/l.csv", table("{0}.png,{1}")),
    ],
    "names of classes": [*pictures(), ("l.csv", table("{0}.png,{2}"))],
    "a folder for each class": [
        (f"set/{CLASSES[i % 10].replace('/', '_')}/{i}.png", png(i)) for i in range(COUNT)
    ],
    "UTF-16": [*pictures(), ("l.csv", table("{0}.png\t{1}", "file\tlabel").encode("utf-16"))],
    "bars": [*pictures(), ("l.csv", table("{0}.png|{1}", "file|label"))],
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_read_with_the_right_labels(form: str) -> None:
    """Every picture is read, and each has the label that was meant."""
    found = read_own_dataset(packed(*FORMS[form]), prepare_pictures=False)
    assert [row.problem for row in found.rows if row.problem] == []
    numbers = [int(image[0, 0]) // 7 for image in found.images]
    assert sorted(numbers) == list(range(COUNT))
    assert found.labels.tolist() == [number % 10 for number in numbers]
    assert found.unused == (COUNT if form == "the same names in another folder" else 0)


def test_backslashes_in_a_zip_are_slashes() -> None:
    """As old programs on Windows write them."""
    for row in ("g\\{0}.png,{1}", "g/{0}.png,{1}", "{0}.png,{1}"):
        data = packed(*pictures("g@{}.png"), ("labels.csv", table(row))).replace(b"g@", b"g\\")
        assert len(read_own_dataset(data).labels) == COUNT


@pytest.mark.parametrize("header", ["label," + ",".join(f"pixel{i}" for i in range(1, 785)) + "\n", ""])
def test_a_table_of_pixels_is_read(sample_test, header: str) -> None:
    """Kaggle's form, bit for bit, with a header and without."""
    rows = [
        f"{label}," + ",".join(map(str, image.flatten().tolist()))
        for image, label in zip(sample_test.images[:COUNT], sample_test.labels[:COUNT].tolist(), strict=True)
    ]
    found = read_own_dataset(packed(("fashion-mnist_test.csv", header + "\n".join(rows))))
    assert torch.equal(found.images, sample_test.images[:COUNT])
    assert torch.equal(found.labels, sample_test.labels[:COUNT])


@pytest.mark.parametrize("pixel", ["256", "-1", "0.5x", "nan", "1e400", ""])
def test_a_pixel_that_is_none_is_said_in_its_row(pixel: str) -> None:
    row = ",".join(["3", pixel, *["0"] * 783])
    found = read_own_dataset(packed(("a.csv", f"{','.join(['3', *['0'] * 784])}\n{row}")))
    assert [row.problem for row in found.rows] == ["", "a pixel is not a whole number from 0 to 255"]


def test_what_could_be_two_things_is_asked() -> None:
    """Two columns of numbers from 0 to 9 without a name: nothing is guessed, and a choice settles it."""
    data = packed(*pictures(), ("l.csv", table("{0}.png,0,{1}", "a,b,c")))
    with pytest.raises(DataError, match=r"column 2, “b” and column 3, “c”. Choose one."):
        read_own_dataset(data)
    files = open_dataset(data)
    assert files.columns is None
    found = read_own_dataset(data, columns=Columns(True, 0, 2), prepare_pictures=False)
    assert found.labels.tolist() == [i % 10 for i in range(COUNT)]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("labels.xlsx", "a spreadsheet: save its table"),
        ("xl/workbook.xml", "The file is a spreadsheet"),
        ("train-images-idx3-ubyte.gz", "MNIST's own form"),
        ("images.zip", "an archive in the archive"),
        ("x_train.npy", "neither a picture nor a CSV file"),
        ("notes.txt", "holds no CSV file"),
    ],
)
def test_an_archive_without_a_table_is_told_for_what_is_in_it(name: str, said: str) -> None:
    """Beside pictures too: what stands in the table's place is named, with what to do."""
    with pytest.raises(DataError, match=said):
        open_dataset(packed(*pictures(), (name, b"x")))


@pytest.mark.parametrize("form", ["table", "folders"])
def test_labels_that_count_from_one_are_not_taken_as_they_are(form: str) -> None:
    """From 1 to 10 each number would name the class after its own; a 10 beside a 0 is only a wrong row."""
    number = [str(i % 10 + 1) for i in range(COUNT)]
    rows = "".join(f"{i}.png,{number[i]}\n" for i in range(COUNT))
    if form == "table":
        members = [*pictures(), ("l.csv", "file,label\n" + rows)]
    else:
        members = [(f"{number[i]}/{i}.png", png(i)) for i in range(COUNT)]
    with pytest.raises(DataError, match=r"count from 1 to 10.*subtract 1"):
        read_own_dataset(packed(*members))
    some = table("{0}.png,{1}").replace("3.png,3", "3.png,10")
    assert len(read_own_dataset(packed(*pictures(), ("l.csv", some))).labels) == COUNT - 3


def test_a_table_without_labels_says_so() -> None:
    with pytest.raises(DataError, match="No column of the CSV file holds labels"):
        read_own_dataset(packed(*pictures(), ("l.csv", table("{0}.png,shoes", "file,kind"))))


def test_a_row_of_two_classes_is_no_sample() -> None:
    rows = one_hot().replace("\n0.png,1,0", "\n0.png,1,1").replace("\n1.png,0,1", "\n1.png,0,0")
    found = read_own_dataset(packed(*pictures(), ("l.csv", rows)))
    assert [row.problem for row in found.rows[:2]] == [
        f"{count} classes are marked with a 1; one is expected" for count in (2, 0)
    ]
    assert len(found.labels) == COUNT - 2


def test_a_name_that_is_there_twice_is_not_guessed() -> None:
    """The sentence names both files."""
    names = FileNames(["a/1.png", "b/1.png", "a/2.png"])
    assert names.find("x/b/1.png") == "b/1.png"
    with pytest.raises(DataError, match=r"“a/1\.png”, “b/1\.png”: add the folder"):
        names.find("1.png")
    with pytest.raises(DataError, match=r"it holds, for example, “a/1\.png”"):
        names.find("3.png")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("T-Shirt", 0), ("t-shirt/top", 0), ("tshirt", 0), ("Top", 0), ("ankle_boot", 9), ("Ankle Boots", 9),
        ("ankleboot", 9), ("9.0", 9), (" 9 ", 9), ("class 3", 3), ("trousers", 1), ("DRESSES", 3),
        ("shirts", 6), ("bags", 8), ("sneakers", 7),
    ],
)  # fmt: skip
def test_classes_are_known_in_the_spellings_people_use(text: str, label: int) -> None:
    assert class_of(text) == label


@pytest.mark.parametrize("text", ["", "10", "-1", "9.5", "²", "٣", "shoe", "shirt dress", "Ｂag", "class"])
def test_another_word_is_no_class(text: str) -> None:
    with pytest.raises(DataError):
        class_of(text)


def test_16_bits_are_scaled_not_cut_off() -> None:
    """A ramp keeps its 28 levels, as on the Predictions page."""
    ramp = np.tile(np.linspace(0, 255, 28).astype(np.uint16), (28, 1))
    members = [("a.png", png(0, ramp * 257)), ("labels.csv", "file,label\na.png,0\n")]
    found = read_own_dataset(packed(*members), prepare_pictures=False)
    assert np.abs(found.images[0].numpy().astype(int) - ramp).max() <= 1


def test_pictures_become_light_on_black_unless_they_are() -> None:
    """A dark garment on white and a dark cut-out; the same preparation as on the Predictions page."""
    photo = np.full((60, 60, 3), 250, np.uint8)
    photo[15:45, 20:40] = 30
    cutout = np.zeros((60, 60, 4), np.uint8)
    cutout[15:45, 20:40] = (20, 20, 20, 255)
    members = [
        ("a.png", png(0, photo)),
        ("b.png", png(0, cutout)),
        ("l.csv", "file,label\na.png,0\nb.png,1\n"),
    ]
    files = open_dataset(packed(*members))
    assert not files.is_prepared
    for image in read_own_dataset(packed(*members)).images:
        assert int(image[14, 14]) > 200
        assert int(image[:, 0].max()) == 0
    first = preview(files, files.columns)[0]
    assert (first.file, first.label, first.meaning) == ("a.png", "0", CLASSES[0])
    assert int(first.scaled[0, 14]) == 250
    assert int(first.prepared[14, 14]) > 200
    assert first.source.shape == (60, 60, 3)


def test_reading_stops_when_its_time_is_over() -> None:
    """A page reads for a moment, then lets others; in the end all is there."""
    reader = DatasetReader(open_dataset(packed(*pictures(), ("l.csv", table("{0}.png,{1}")))))
    steps = 0
    while not reader.advance(0):
        steps += 1
        assert 0 < reader.share <= 1
    assert steps == COUNT
    assert len(reader.result().labels) == COUNT
