"""A cheaper model at inference."""

import ast
import re
from collections.abc import Iterator

from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.scaling.files import CODE
from auditor.readers.nodes import literal
from auditor.readers.python import Call, Module, python
from auditor.snapshot import File, Files

_OPTIMISES = (
    (compile_later(r"^torch\.compile$"), "compiles the model"),
    (
        compile_later(r"^torch\.jit\.(script|trace|trace_module|freeze|optimize_for_inference|script_if_tracing)$"),
        "compiles to TorchScript",
    ),
    (compile_later(r"\.to_torchscript$"), "compiles to TorchScript"),
    (
        compile_later(r"^torch\.(ao\.)?quantization\.(\w+\.)*(quantize\w*|prepare\w*|convert\w*|fuse_modules\w*)$"),
        "quantizes the model",
    ),
    (compile_later(r"^torchao\.(\w+\.)*quantize_$"), "quantizes the model"),
    (compile_later(r"^onnxruntime\.quantization\.(\w+\.)*(quantize\w*)$"), "quantizes the ONNX model"),
    (compile_later(r"(^|\.)BitsAndBytesConfig$"), "loads the model quantized"),
    (compile_later(r"^bitsandbytes\.nn\.Linear(8bitLt|4bit|NF4|FP4)$"), "quantizes the model"),
    (
        compile_later(
            r"^optimum\.(\w+\.)*(ORTQuantizer|ORTOptimizer|OVQuantizer|INCQuantizer|quanto\.quantize|quanto\.freeze|quantize)(\.\w+)?$"
        ),
        "optimises the model with Optimum",
    ),
    (
        compile_later(
            r"^(auto_gptq|gptqmodel|awq|llmcompressor|neural_compressor|nncf|intel_extension_for_pytorch|quanto)\."
        ),
        "quantizes the model",
    ),
    (compile_later(r"(^|\.)(GPTQConfig|AwqConfig|QuantoConfig|HqqConfig|TorchAoConfig)$"), "quantizes the model"),
    (compile_later(r"^torch\.nn\.utils\.prune\.\w+$"), "prunes the model"),
    (compile_later(r"^(torch_pruning|tensorflow_model_optimization|sparseml)\."), "prunes or quantizes the model"),
    (compile_later(r"(^|\.)(ModelPruning|QuantizationAwareTraining)$"), "prunes or quantizes while training"),
    (compile_later(r"^(torch_tensorrt|tensorrt)\.(compile|Builder)$"), "compiles with TensorRT"),
    (
        compile_later(
            r"^openvino(\.\w+)*(\.Core\(\))?\.(convert_model|compile_model)$|^optimum\.intel\.(\w+\.)*OVModel\w*\."
        ),
        "compiles with OpenVINO",
    ),
    (compile_later(r"^ctranslate2\.converters\."), "converts to a faster model"),
    (compile_later(r"TFLiteConverter\.\w+$"), "converts to TensorFlow Lite"),
)
_LOW_BITS = ("load_in_8bit", "load_in_4bit")


@probe(
    "inference-optimised",
    asks="Is the model quantized, compiled, pruned or distilled?",
    looks_in=CODE,
    mentions=(
        "torch.compile", "compile", "jit", "torchscript", "quantiz", "quantis", "torchao", "bitsandbytes", "load_in_", "prun",
        "distil", "optimum", "gptq", "awq", "neural_compressor", "nncf", "tensorrt", "openvino", "ctranslate2", "tflite", "int8", "sparseml",
    ),
)  # fmt: skip
def inference_optimised(files: Files) -> Iterator[Evidence]:
    """A call that quantizes (torch, torchao, ONNX Runtime, bitsandbytes, Optimum, GPTQ, ...), compiles (`torch.compile`,
    TorchScript, TensorRT, OpenVINO), prunes or distils a model, in a notebook too. Mixed precision, an ONNX export alone,
    `re.compile`, Keras's `model.compile`, `docker prune` and integer arrays do not count."""
    for file in files:
        module = python(file)
        if module is None:
            continue
        seen = set()
        for call in module.calls:
            note = _optimises(module, call)
            if note and note not in seen:
                seen.add(note)
                yield file.cite(call.line, call.end, note=note)
        for function in module.functions:
            for name in function.decorators:
                if name in ("torch.compile", "torch.jit.script"):
                    yield file.cite(function.node.decorator_list[0].lineno, function.line, note="compiles a function")
        if found := _distils(file, module):
            yield found


@probe(
    "inference-optimised-beyond-training",
    asks="Is a model quantized, pruned, distilled or compiled outside its training, for speed and not only for a format?",
    looks_in=CODE,
    mentions=(
        "compile", "jit", "torchscript", "quantiz", "quantis", "torchao", "bitsandbytes", "load_in_", "prun", "distil", "optimum",
        "gptq", "awq", "neural_compressor", "nncf", "tensorrt", "openvino", "ctranslate2", "tflite", "int8", "sparseml",
    ),
)  # fmt: skip
def inference_optimised_beyond_training(files: Files) -> Iterator[Evidence]:
    """As `inference-optimised`, without a compilation or a model loaded in few bits in a file that trains (there it speeds up
    training, or makes it fit), and without TorchScript, which a server may need as a format."""
    for evidence in inference_optimised(files):
        file = files.paths[evidence.path]
        if "TorchScript" in evidence.note or evidence.note == "compiles a function":
            continue
        if ("compiles" in evidence.note or "loads" in evidence.note) and _TRAINS.search(file.text):
            continue
        yield evidence


_OPTIMISED_GRAPH = compile_later(
    r"^onnxoptimizer\.optimize$|^(onnxsim|onnxslim)\.(simplify|slim)$|^onnxruntime\.transformers\.optimizer\.optimize_model$|"
    r"^onnxruntime(\.\w+)*\.(SessionOptions|InferenceSession|GraphOptimizationLevel)$|^optimum\.onnxruntime\.\w+\.from_pretrained$|"
    r"^torch\.onnx\.(export|dynamo_export)$|\.to_onnx$|^optimum\.exporters\.|^torch\.export\.export$|^coremltools\.convert$"
)
_GRAPH_FORMATS = ("onnx", "engine", "openvino", "tflite", "coreml", "ncnn", "torchscript", "edgetpu", "mnn")


@probe(
    "inference-graph",
    asks="Is the model exported to or run as an optimised graph (ONNX, OpenVINO, TensorRT, ...)?",
    looks_in=CODE,
    mentions=("onnx", "openvino", "tensorrt", "torch.export", "coremltools", "format"),
)
def inference_graph(files: Files) -> Iterator[Evidence]:
    """An export to ONNX or another graph format, a graph that is simplified, or an ONNX Runtime session, which optimises the
    graph that it loads. Weak: a sign of compilation for inference, which may have been done for the format alone."""
    for file in files:
        module = python(file)
        for call in module.calls if module else ():
            exported = call.name.endswith(".export") and literal(call.keyword("format")) in _GRAPH_FORMATS
            if exported or _OPTIMISED_GRAPH.search(call.name):
                yield file.cite(call.line, call.end, note="exports or runs an optimised graph")
                break


_TRAINS = compile_later(r"\.backward\(|optimizer\.step\(|\.fit\(|\btraining_step\b")


def _optimises(module: Module, call: Call) -> str:
    for pattern, note in _OPTIMISES:
        if pattern.search(call.name):
            return note
    for name in _LOW_BITS:
        if literal(call.keyword(name)) is True:
            return "loads the model quantized"
    if call.name.endswith(".export") and literal(call.keyword("int8")) is True:
        return "exports the model quantized"
    return ""


def _distils(file: File, module: Module) -> Evidence | None:
    """A loss between a student's and a teacher's outputs."""
    for call in module.calls:
        if call.name.rpartition(".")[2] in ("kl_div", "KLDivLoss"):
            names = {n.id.lower() for n in module.nodes if isinstance(n, ast.Name)} | {
                a.arg.lower() for a in module.nodes if isinstance(a, ast.arg)
            }
            if any("teacher" in n for n in names) or re.search(r"distil", f"{file.path} {call.inside}", re.IGNORECASE):
                return file.cite(call.line, call.end, note="distils a model")
    return None
