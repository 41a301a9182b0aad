"""Own code that reads, shapes or fetches data."""

import ast
import re
from collections.abc import Iterator

from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.data.files import CODE, DATA_WORD, ELSEWHERE
from auditor.readers.nodes import is_stub_body, joined_text, literal
from auditor.readers.python import Call, Class, Function, Module, python
from auditor.snapshot import File, Files

_DATASET_BASES = compile_later(
    r"(^|\.)(\w*Dataset|\w*DataModule|IterDataPipe|PyDataset|GeneratorBasedBuilder|ImageFolder|DatasetFolder|Sequence)$"
)
_DATASET_PACKAGES = ("torch", "torchvision", "torchaudio", "torchdata", "torch_geometric", "lightning", "pytorch_lightning", "datasets", "tensorflow", "keras", "tensorflow_datasets", "dgl", "monai", "torchgeo")  # fmt: skip
_LOADER_METHODS = frozenset(
    [
        "__getitem__",
        "__iter__",
        "setup",
        "prepare_data",
        "train_dataloader",
        "process",
        "download",
        "preprocess",
        "load",
    ]
)
_READS = compile_later(
    r"^(pandas|polars|dask\.dataframe|geopandas|pyarrow(\.\w+)*|cudf)\.(read_\w+|scan_\w+)$"
    r"|^(numpy\.(load|loadtxt|genfromtxt|fromfile|memmap)|PIL\.Image\.open|cv2\.imread|skimage\.io\.imread|imageio(\.\w+)*\.imread)$"
    r"|^(torchvision\.(io|datasets)\.\w+|torchaudio\.(load|datasets\.\w+)|librosa\.load|soundfile\.read|h5py\.File|nibabel\.load|pydicom\.dcmread)$"
    r"|^(datasets\.(load_dataset|load_from_disk|Dataset\.\w+)|xarray\.open_\w+|rasterio\.open|scipy\.io\.\w+|csv\.(reader|DictReader)|json\.loads?)$"
    r"|^(sklearn\.datasets\.\w+|tensorflow_datasets\.load|tensorflow\.keras\.datasets\.\w+\.load_data|keras\.datasets\.\w+\.load_data|tensorflow\.data\.\w+(\.\w+)*|tensorflow\.keras\.utils\.\w+_from_directory)$"
    r"|^(torch_geometric\.datasets\.\w+|ogb\.\w+\.\w+|seaborn\.load_dataset|medmnist\.\w+|zipfile\.ZipFile|tarfile\.open|torch\.load)$"
)
_WRITES = compile_later(
    r"(^|\.)(to_csv|to_parquet|to_feather|to_json|to_pickle|write_csv|write_parquet|save_to_disk|imwrite|extractall|savez?|savez_compressed|write_image)$"
    r"|^(torch\.save|pickle\.dump|joblib\.dump|json\.dump|numpy\.(save|savez|savez_compressed|savetxt)|shutil\.(copy\w*|move|unpack_archive))$"
)
_SHAPES = compile_later(
    r"^(torchvision\.transforms(\.v2)?\.Compose|albumentations\.Compose|sklearn\.model_selection\.train_test_split"
    r"|torch\.utils\.data\.(random_split|DataLoader|TensorDataset|Subset)|torch\.utils\.data\.dataset\.\w+)$"
)
_TEXT_PACKAGES = ("transformers", "tokenizers", "nltk", "torchtext", "tensorflow", "keras", "spacy", "sentencepiece")
_TOKENIZER = compile_later(r"(^|\.)(\w*[tT]okenizer\w*)(\(\)|\.from_pretrained|\.encode|\.batch_encode_plus)?$")


@probe(
    "data-code",
    asks="Is there own code that loads, downloads or preprocesses the data?",
    looks_in=CODE,
    mentions=("data", "preprocess", "download"),
)
def data_code(files: Files) -> Iterator[Evidence]:
    """A dataset or data module class with a body of its own, or a function (or script) about data that reads, writes,
    downloads, splits or transforms them. Stubs, the template's untouched `data.py`, tests, and what an API, a frontend or a
    monitoring job reads do not count."""
    found: list[tuple[int, str, Evidence]] = []
    for file in files:
        module = python(file)
        if module is None or ELSEWHERE.search(file.path):
            continue
        named = bool(DATA_WORD.search(file.path.rsplit(".", 1)[0]))
        rank = (0 if re.search(r"(^|/)(data|make_dataset|dataset)\.py$", file.path) else 1) + (
            2 if file.suffix == "ipynb" else 0
        )
        for made in _data_pieces(file, module, named):
            found.append((rank, file.path, made))
            if sum(path == file.path for _, path, _ in found) >= 3:
                break
    for _, _, evidence in sorted(found, key=lambda f: f[:2]):
        yield evidence


def _data_pieces(file: File, module: Module, named: bool) -> Iterator[Evidence]:
    for made in module.classes:
        if _is_dataset(made) and (method := _own_method(made)):
            yield file.cite(made.line, made.line, note=f"class with its own `{method}`.")
    calls = [(c, "downloads" if is_download(c, named) else _data_call(c, module)) for c in module.calls]
    bodies: dict[str, Function] = {f.qualname: f for f in module.functions}
    seen: set[str] = set()
    for call, what in calls:
        if not what or call.inside in seen:
            continue
        function = bodies.get(call.inside)
        inside = call.inside.rsplit(".", 1)[-1]
        if not named and not DATA_WORD.search(inside):
            continue
        if ABOUT_MODEL.search(inside) and not re.search("data", inside):
            continue
        if what == "writes" and not named and re.search(r"metric|plot|figure|result", inside):
            continue
        if function and is_stub_body(function.node):
            continue
        seen.add(call.inside)
        yield file.cite(call.line, call.end, note=f"{f'`{inside}` ' if inside else ''}{what} data.")


def _is_dataset(made: Class) -> bool:
    return any(
        _DATASET_BASES.search(b) and (b.split(".")[0] in _DATASET_PACKAGES or b.endswith(("Dataset", "DataModule")))
        for b in made.bases
    )


def _own_method(made: Class) -> str:
    for node in made.node.body:
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name in _LOADER_METHODS
            and not is_stub_body(node)
        ):
            return node.name
    return ""


def _data_call(call: Call, module: Module) -> str:
    if _READS.match(call.name):
        return "reads"
    if _WRITES.search(call.name):
        return "writes"
    if _SHAPES.match(call.name) or (_TOKENIZER.search(call.name) and module.imported(*_TEXT_PACKAGES)):
        return "transforms"
    return ""


_DATA_HOSTS = compile_later(
    r"^(datasets\.load_dataset|kagglehub\.(dataset_\w+|competition_\w+|load_dataset)|opendatasets\.download|sklearn\.datasets\.fetch_\w+"
    r"|tensorflow_datasets\.load|(tensorflow\.)?keras\.datasets\.\w+\.load_data|tensorflow\.keras\.utils\.get_file|seaborn\.load_dataset"
    r"|torchvision\.datasets\.utils\.download_\w+|ucimlrepo\.fetch_ucirepo|quickdraw\.QuickDraw\w+|yfinance\.\w+|ir_datasets\.load"
    r"|torch_geometric\.datasets\.\w+|ogb\.\w+\.\w+PygDataset|openml\.datasets\.get_dataset|dvc\.api\.(open|read|get_url|DVCFileSystem)|dvc\.repo\.Repo\.pull)$"
    r"|\.(dataset_download_files?|dataset_download_cli|competition_download_files?)$"
)
# what fetches anything: data only where the file, the function or an argument says so
_FETCHES = compile_later(
    r"^(requests\.get|urllib\.request\.(urlretrieve|urlopen)|httpx\.(get|stream)|urllib3\.\w+|aiohttp\.\w+|gdown\.\w+|wget\.download|pooch\.\w+)$"
    r"|^requests\.Session\(\)\.get$"
    r"|\.(download_to_filename|download_as_(bytes|string|text)|download_blob_to_file|download_to_file|download_file|download_fileobj)$"
)
ABOUT_MODEL = compile_later(r"model|checkpoint|weights|ckpt|\.(pth|onnx|safetensors)\b|report|artifact", re.IGNORECASE)


def is_download(call: Call, named: bool) -> bool:
    if _DATA_HOSTS.search(call.name):
        return True
    if call.name.startswith(("torchvision.datasets.", "torchaudio.datasets.", "medmnist.")):
        download = call.keyword("download")
        return download is not None and literal(download) is not False
    if call.name in ("huggingface_hub.snapshot_download", "huggingface_hub.hf_hub_download"):
        return joined_text(call.keyword("repo_type")) == "dataset"
    if _FETCHES.search(call.name):
        inside = call.inside.rsplit(".", 1)[-1]
        shown = " ".join([inside, ast.unparse(call.node.func), *(ast.unparse(a) for a in call.node.args)])
        about_data = re.search(r"(?<!meta)data(?!base|_?drift)", shown, re.IGNORECASE)
        return not ABOUT_MODEL.search(shown) and (named or about_data is not None)
    return False
