"""Figures of data and models: confirmed where a committed file shows them, contradicted where nothing else can be meant."""

import struct
from collections.abc import Mapping

import pytest
from rows import case, label, settled


def pointer(size: int, path: str, files: int = 0) -> str:
    return f"outs:\n- md5: abc\n  size: {size}\n" + (f"  nfiles: {files}\n" if files else "") + f"  path: {path}\n"


RAW = {"data/raw.dvc": pointer(2_000_000_000, "raw", 5000)}
MIXED = {"data.dvc": pointer(2_000_000_000, "data")}


@pytest.mark.parametrize(
    ("quote", "megabytes", "files", "expected"),
    [
        ("Our dataset is 2 GB", 2000, RAW, "supported"),
        ("Our dataset is 2 GB", 2048, RAW, "supported"),
        ("Our dataset is 5 GB", 5000, RAW, "contradicted"),
        ("Our dataset is 500 MB", 500, RAW, "contradicted"),
        ("Our dataset is 1.5 GB", 1500, RAW, "open"),
        ("The original dataset is 5 GB", 5000, RAW, "open"),
        ("The dataset on Kaggle is 5 GB", 5000, RAW, "open"),
        ("A sample of 5 MB", 5, RAW, "open"),
        ("Our dataset is 1 GB", 1000, MIXED, "open"),  # raw and processed may be in it
        ("Our dataset is 500 MB", 500, MIXED, "contradicted"),
        ("Our dataset is 5 GB", 5000, {**RAW, "data/processed.dvc": pointer(1_000_000_000, "processed")}, "open"),
        ("The raw data is 5 GB", 5000, {**RAW, "data/processed.dvc": pointer(1_000_000_000, "processed")}, "contradicted"),
        ("Our dataset is 5 GB", 5000, {"data/photos.zip.dvc": pointer(2_000_000_000, "photos.zip")}, "open"),
        ("Our dataset is 5 GB", 5000, {"models.dvc": pointer(2_000_000_000, "models")}, "open"),
        ("Our dataset is 5 GB", 5000, {"data/raw.dvc": "outs:\n- path: raw\n"}, "open"),
        ("Our dataset is 5 GB", 5000, {}, "open"),
    ],
)  # fmt: skip
def test_sizes(quote: str, megabytes: float, files: Mapping[str, str], expected: str) -> None:
    assert label(case(files), "data", quote, what="size in MB", value=megabytes, name="dataset") == expected


def safetensors(classes: int) -> bytes:
    header = (
        f'{{"fc.weight":{{"dtype":"F32","shape":[{classes},8],"data_offsets":[0,{classes * 32}]}},'
        f'"fc.bias":{{"dtype":"F32","shape":[{classes}],"data_offsets":[{classes * 32},{classes * 36}]}}}}'
    ).encode()
    return struct.pack("<Q", len(header)) + header + bytes(classes * 36)


HEAD = {"models/best.safetensors": safetensors(10)}
SET = {"configs/model.yaml": "model:\n  num_classes: 10\n"}


@pytest.mark.parametrize(
    ("what", "value", "files", "expected"),
    [
        ("classes", 10, HEAD, "supported"),
        ("classes", 10, SET, "supported"),
        ("classes", 20, {**HEAD, **SET}, "contradicted"),
        ("classes", 11, {**HEAD, **SET}, "open"),  # a background class
        ("classes", 20, HEAD, "open"),
        ("classes", 20, SET, "open"),
        ("classes", 20, {**HEAD, "configs/model.yaml": "num_classes: 12\n"}, "open"),
        ("parameters", 90, HEAD, "supported"),
        ("parameters", 4000, HEAD, "open"),
        ("samples", 5000, RAW, "supported"),
        ("samples", 2, {"data/train.csv": "a,b\n1,2\n3,4\n"}, "supported"),
        ("samples", 9, {"data/train.csv": "a,b\n1,2\n3,4\n"}, "open"),
        ("image size", 224, {"configs/data.yaml": "image_size: 224\n"}, "supported"),
        ("train share", 0.8, {"configs/data.yaml": "test_size: 0.2\n"}, "supported"),
        ("train share", 0.7, {"configs/data.yaml": "test_size: 0.2\n"}, "open"),
        ("unknown", 7, {}, "open"),
    ],
)
def test_figures(what: str, value: float, files: Mapping[str, str | bytes], expected: str) -> None:
    assert label(case(files), "data", "so many", what=what, value=value) == expected


def test_classes_of_other_data_are_left_alone() -> None:
    assert label(case({**HEAD, **SET}), "data", "The full dataset has 20 classes", what="classes", value=20) == "open"


TESTS = {"tests/test_a.py": "def test_a():\n    assert 1 < 2\n"}
REPORT = "Name    Stmts   Miss  Cover\na.py       50     10    80%\nTOTAL      50     10    80%\n"
TABLE = "The total coverage is 70%.\n\n```\nName    Stmts   Miss  Cover\na.py       50     10    80%\nb.py       50     20    60%\nTOTAL     100     40    60%\n```"


@pytest.mark.parametrize(
    ("answer", "value", "files", "expected"),
    [
        ("The coverage is 80%, see `coverage.txt`.", 80, {**TESTS, "coverage.txt": REPORT}, "supported"),
        ("The coverage is 70%, see `coverage.txt`.", 70, {**TESTS, "coverage.txt": REPORT}, "contradicted"),
        ("The coverage is 70%.", 70, {**TESTS, "coverage.txt": REPORT}, "open"),  # of another day
        ("The coverage is 70%.", 70, TESTS, "open"),
        ("The coverage is 70%.", 70, {"src/a.py": "x = 1\n"}, "contradicted"),
        ("The coverage is 0%.", 0, {"src/a.py": "x = 1\n"}, "open"),
        (TABLE, 70, TESTS, "contradicted"),
        (TABLE.replace("70%", "60.4%"), 60.4, TESTS, "supported"),
    ],
)
def test_coverage(answer: str, value: float, files: Mapping[str, str], expected: str) -> None:
    quote = answer.partition("\n")[0]
    here = case(files, answers={"coverage": answer})
    assert label(here, "data", quote, what="coverage", value=value) == expected


def test_a_table_beside_a_total_is_shown() -> None:
    here = case(TESTS, answers={"coverage": TABLE})
    found = settled(here, "data", "The total coverage is 70%.", what="coverage", value=70)
    assert found
    assert found.rule == "prose-contradicts-prose"
    assert found.evidence[0].excerpt.startswith("TOTAL")
    assert found.evidence[0].start == 106


def test_a_total_is_held_against_its_own_numbers() -> None:
    row = "TOTAL     100     40    86%"
    here = case(TESTS, answers={"coverage": TABLE.replace("TOTAL     100     40    60%", row)})
    found = settled(here, "data", row, what="coverage", value=86)
    assert found
    assert found.label == "contradicted"
    assert found.shows == "60 of 100 statements are 60 %"
