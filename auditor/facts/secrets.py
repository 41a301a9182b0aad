"""Keys in clear text in tracked files."""

from auditor.lazy import compile_later
from auditor.readers import readable
from auditor.snapshot import File, Snapshot

# Kinds that are secrets wherever they stand. A Google API key of a web page is public, a generic `password=` may be a sample.
_SECRET_KINDS = {
    "wandb": ("W&B key", r"wandb_v1_[A-Za-z0-9_]{20}|(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])"),
    "private": ("private key", r"PRIVATE KEY"),
    "github": ("GitHub token", r"gh[pousr]_[A-Za-z0-9]{20}|github_pat_"),
    "openai": ("OpenAI or Anthropic key", r"\bsk-[A-Za-z0-9_-]{20}"),
    "hf": ("Hugging Face token", r"\bhf_[A-Za-z0-9]{20}"),
    "aws": ("AWS key", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}"),
    "slack": ("Slack token", r"\bxox[abprs]-"),
    "oauth": ("OAuth client secret", r"GOCSPX-"),
}
_SECRET_HINT = compile_later("|".join(f"(?P<{name}>{pattern})" for name, (_, pattern) in _SECRET_KINDS.items()))
_SECRET_WORDS = ("wandb", "PRIVATE KEY", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "sk-", "hf_", "AKIA", "ASIA", "xox", "GOCSPX-", "WANDB")  # fmt: skip
_MAY_LEAK = ("py", "ipynb", "yaml", "yml", "json", "toml", "cfg", "ini", "sh", "bat", "ps1", "env", "txt", "md", "dockerfile", "tf", "tfvars", "js", "ts", "conf", "pem", "key")  # fmt: skip


def secrets(snapshot: Snapshot) -> list[tuple[File, int, str]]:
    """Keys in clear text in tracked files; never their values."""

    def make() -> list[tuple[File, int, str]]:
        found = []
        for file in snapshot.files.values():
            named = file.suffix in _MAY_LEAK or "." not in file.name.lstrip(".")
            if not named or file.size > 200_000 or file.path.startswith("tests/"):
                continue
            if not readable(file) or not any(w in file.text for w in _SECRET_WORDS):
                continue
            for match in _SECRET_HINT.finditer(file.text):
                n = file.text.count("\n", 0, match.start()) + 1
                row, before = file.lines[n - 1], file.lines[n - 2] if n > 1 else ""
                # an excerpt stops short of a secret: so redact.py, which knows placeholders, has the last word
                hidden = len(row) < 5000 and len(file.cite(n).excerpt) < min(len(row), 240)
                if hidden and (match.lastgroup != "wandb" or "wandb" in (before + row).lower()):
                    found.append((file, n, _SECRET_KINDS[match.lastgroup or "wandb"][0]))
                    break
        return found

    return snapshot.once("facts.secrets", make)
