"""A judge over servers that nobody here wrote: llama.cpp's own, and litellm's proxy. Run by hand; nothing leaves the machine.

    python -m venv v && v/bin/pip install xllamacpp gguf numpy
    PYTHONPATH=. python tests/real_server.py llama v/bin/python      # a random model of 300 kB, replies forced into the schema
    python -m venv w && w/bin/pip install 'litellm[proxy]'
    PYTHONPATH=. python tests/real_server.py litellm w/bin/litellm   # a proxy that gives a canned reply

Each audits a fixture through `--judge online:MODEL --base-url`'s own code, counts what was asked, kills an audit midway, and goes
on from there. What the model says is noise of the right shape, so the findings must be those of an audit without a judge.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

BOUND = {"maxItems": 3, "maxLength": 40}


def serve_llama(port: int, folder: str) -> None:
    """llama.cpp's server over a model of random weights whose tokens are bytes."""
    import gguf  # type: ignore[import-not-found]
    import numpy as np  # type: ignore[import-not-found]
    import xllamacpp  # type: ignore[import-not-found]

    path, width, heads, hidden, words = f"{folder}/tiny.gguf", 64, 4, 128, 259
    w = gguf.GGUFWriter(path, "llama")
    for name, value in (
        ("context_length", 131072), ("embedding_length", width), ("block_count", 1), ("feed_forward_length", hidden), ("head_count", heads),
        ("head_count_kv", heads), ("layer_norm_rms_eps", 1e-5), ("rope_dimension_count", width // heads), ("vocab_size", words),
    ):  # fmt: skip
        getattr(w, f"add_{name}")(value)
    w.add_tokenizer_model("llama")
    w.add_token_list([b"<unk>", b"<s>", b"</s>"] + [f"<0x{i:02X}>".encode() for i in range(256)])
    w.add_token_scores([0.0] * words)
    w.add_token_types([2, 3, 3] + [6] * 256)
    w.add_bos_token_id(1)
    w.add_eos_token_id(2)
    w.add_unk_token_id(0)
    w.add_chat_template("{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant: ")
    rng = np.random.default_rng(0)

    def noise(*shape: int) -> Any:
        return (rng.standard_normal(shape) * 0.1).astype(np.float32)

    w.add_tensor("token_embd.weight", noise(words, width))
    w.add_tensor("output_norm.weight", np.ones(width, np.float32))
    w.add_tensor("output.weight", noise(words, width))
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        w.add_tensor(f"blk.0.{name}.weight", noise(width, width))
    for name in ("attn_norm", "ffn_norm"):
        w.add_tensor(f"blk.0.{name}.weight", np.ones(width, np.float32))
    w.add_tensor("blk.0.ffn_gate.weight", noise(hidden, width))
    w.add_tensor("blk.0.ffn_up.weight", noise(hidden, width))
    w.add_tensor("blk.0.ffn_down.weight", noise(width, hidden))
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()
    p = xllamacpp.CommonParams()
    p.model.path, p.n_ctx, p.port, p.n_parallel = path, 131072, port, 1
    server = xllamacpp.Server(p)
    print(server.listening_address, flush=True)
    while True:
        time.sleep(3600)


def bounded(schema: Any) -> Any:
    """The schema with limits on lists and texts, so that noise ends."""
    if isinstance(schema, dict):
        made = {k: bounded(v) for k, v in schema.items()}
        if made.get("type") == "array":
            made["maxItems"] = BOUND["maxItems"]
        if made.get("type") == "string" and "enum" not in made:
            made["maxLength"] = BOUND["maxLength"]
        return made
    return [bounded(v) for v in schema] if isinstance(schema, list) else schema


def audit(url: str, model: str, repo: str, store: str, bound: bool) -> None:
    """One audit with the judge at an address; prints what was asked and found."""
    from dataclasses import replace

    from auditor import pipeline
    from auditor.judges.online import Online
    from auditor.judges.prices import Gate
    from auditor.judges.request import Asking
    from auditor.models import Submission
    from auditor.profile import load_profile

    class Limited(Online):
        def answer(self, requests: Any) -> Any:
            return super().answer([replace(r, schema=bounded(r.schema)) for r in requests] if bound else requests)

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    judge = Limited(model, url, Path(store), {"temperature": 1, "seed": 7}, Gate(say=say), workers=1)
    submission = Submission(id="x", repo=repo)
    record = pipeline.audit(
        submission, load_profile(), judge, asking=Asking(budget=4_000, readings="pack", ruling=bound)
    )
    plain = pipeline.audit(submission, load_profile())
    counted = [(f.fingerprint, f.standing) for f in record.findings]
    print(
        json.dumps(
            {
                "judged": record.judged,
                "unjudged": [p.message for p in record.unjudged],
                "usage": record.usage.model_dump(),
                "seconds": record.times.judge_seconds,
                "same findings": counted == [(f.fingerprint, f.standing) for f in plain.findings],
                "judge verdicts": sum(v.by == "judge" for v in record.verdicts),
            }
        )
    )


def main(kind: str, program: str) -> None:
    from build_fixture import build

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        local = "sk-local-only-0123456789"  # no key: the proxy wants one
        environment = os.environ | {
            "OPENAI_API_KEY": local,
            "LITELLM_MASTER_KEY": local,
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        }
        if kind == "llama":
            command = [program, __file__, "serve", str(port), folder]
            server_environment = {k: v for k, v in environment.items() if k != "PYTHONPATH"}
        else:
            reply = json.dumps({"contradictions": [], "boxes": []})
            config = {
                "model_list": [
                    {
                        "model_name": "tiny",
                        "litellm_params": {"model": "openai/x", "api_key": "x", "mock_response": reply},
                    }
                ]
            }
            Path(folder, "x.yaml").write_text(json.dumps(config))
            command = [program, "--config", f"{folder}/x.yaml", "--host", "127.0.0.1", "--port", str(port)]
            server_environment = {k: v for k, v in environment.items() if k != "PYTHONPATH"}
        server = subprocess.Popen(command, env=server_environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            url = f"http://127.0.0.1:{port}/v1"
            for _ in range(240):
                try:
                    asked = urllib.request.Request(f"{url}/models", headers={"Authorization": f"Bearer {local}"})
                    urllib.request.urlopen(asked, timeout=2).read()
                    break
                except (urllib.error.URLError, OSError):
                    time.sleep(0.5)
            repo = build("overclaiming", Path(folder) / "overclaiming")
            asking = [
                sys.executable,
                __file__,
                "audit",
                url,
                "tiny",
                str(repo),
                f"{folder}/store",
                str(kind == "llama"),
            ]
            first = subprocess.Popen(asking, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            while first.poll() is None and len(list(Path(folder, "store").glob("*.json"))) < 3:
                time.sleep(0.05)
            first.kill()
            first.communicate()
            kept = len(list(Path(folder, "store").glob("*.json"))) - 1
            print(f"killed with {kept} answers kept")
            done = subprocess.run(asking, env=environment, capture_output=True, text=True, timeout=1800)
            print(done.stderr[-1500:], done.stdout)
            again = subprocess.run(asking, env=environment, capture_output=True, text=True, timeout=600)
            print("once more:", again.stderr[-300:] or "nothing asked;", again.stdout)
        finally:
            server.kill()
            server.wait()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    if sys.argv[1] == "serve":
        serve_llama(int(sys.argv[2]), sys.argv[3])
    elif sys.argv[1] == "audit":
        audit(*sys.argv[2:6], bound=sys.argv[6] == "True")
    else:
        main(*sys.argv[1:3])
