"""The size of the data, and buckets."""

import pytest
from conftest import contradicted, settle


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("The data is in gs://group-twelve-datas.", True),
        ("The data is in gs://group-twelve-data.", False),
        ("The data is in gs://another-bucket-altogether.", False),
        ("The data would be in gs://group-twelve-datas.", False),
    ],
)
def test_buckets(sentence: str, wrong: bool) -> None:
    files = {".dvc/config": "['remote \"r\"']\n    url = gs://group-twelve-data\n"}
    assert len(contradicted("bucket-named", {"data-versioning": sentence}, files)) == wrong


def pointer(path: str, size: int) -> str:
    return f"outs:\n- md5: abc.dir\n  size: {size}\n  nfiles: 3\n  path: {path}\n"


RAW = {"data/raw.dvc": pointer("raw", 2_000_000_000)}
BOTH = {**RAW, "data/processed.dvc": pointer("processed", 500_000_000)}
WHOLE = {"data.dvc": pointer("data", 2_000_000_000), "models.dvc": pointer("models", 100)}
FILES = {
    "data/raw.dvc": "outs:\n- path: raw\n  files:\n  - relpath: a.csv\n    size: 1500000000\n  - relpath: b.csv\n    size: 500000000\n"
}


@pytest.mark.parametrize(
    ("sentence", "files", "wrong"),
    [
        ("Our dataset is 5 GB.", RAW, True),
        ("The size of our dataset is around 5GB.", RAW, True),
        ("Given our dataset size of approximately 3.5GB, training took long.", RAW, True),
        ("Our dataset is about 2 GB.", RAW, False),
        ("Our dataset is ~2.5 GB.", RAW, False),
        ("Our dataset is 500 MB.", RAW, True),
        ("Our dataset is 5 GB.", FILES, True),
        ("Our dataset is 2 GB.", FILES, False),
        ("Our dataset is 1 GB.", WHOLE, False),
        ("Our dataset is 300 MB.", WHOLE, True),
        ("Our dataset is 5 GB.", BOTH, False),
        ("Our processed data is 2 GB.", BOTH, True),
        ("Our dataset is over 1 GB.", RAW, False),
        ("Our dataset is up to 9 GB.", RAW, False),
        ("The original dataset is 9 GB.", RAW, False),
        ("Our dataset was originally 9 GB.", RAW, False),
        ("Our dataset would be 9 GB.", RAW, False),
        ("Our dataset is not 9 GB.", RAW, False),
        ("Our model is 9 GB.", RAW, False),
        ("The machine has 9 GB of memory for the dataset.", RAW, False),
        ("Our dataset is 9 GB.", {"data/a.dvc": pointer("all.zip", 2_000_000_000)}, False),
        ("Our dataset is 9 GB.", {"models/a.dvc": pointer("model", 2_000_000_000)}, False),
        ("Our dataset is 9 GB.", {"data/raw.dvc": "outs:\n- path: raw\n"}, False),
    ],
)  # fmt: skip
def test_sizes(sentence: str, files: dict[str, str], wrong: bool) -> None:
    found = contradicted("dataset-size", {"data-versioning": sentence}, files)
    assert found == (["size:data"] if wrong else [])


def test_a_size_that_fits_is_supported() -> None:
    (found,) = settle("dataset-size", {"data-versioning": "Our dataset is about 2 GB."}, RAW)
    assert (found.label, found.about) == ("supported", "size:data")
