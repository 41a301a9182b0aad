"""Keys in clear text: which are told, and what only looks like one. All of them are made up here."""

import base64
import hashlib
import json

import pytest

from auditor.facts.madeup import made_up
from auditor.facts.secrets import DEVELOPING, secrets
from auditor.handin import exposed
from auditor.models import Problem, Report
from auditor.prepared import Book
from auditor.profile import load_profile
from auditor.rules import report_findings
from auditor.snapshot import Snapshot


def made(length: int, seed: str = "a", alphabet: str = "0123456789abcdef") -> str:
    """Letters that look like a key's, the same at each run."""
    out = ""
    while len(out) < length:
        digest = hashlib.sha256(f"{seed}{len(out)}".encode()).digest()
        out += "".join(alphabet[b % len(alphabet)] for b in digest)
    return out[:length]


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
HEX40 = made(40)
DER = base64.b64encode(b"\x30\x82" + b"".join(hashlib.sha256(bytes([n])).digest() for n in range(38))).decode()
ROWS = "\n".join(DER[i : i + 64] for i in range(0, len(DER), 64))
PEM = f"-----BEGIN PRIVATE KEY-----\n{ROWS}\n-----END PRIVATE KEY-----\n"


def kinds(path: str, text: str) -> list[tuple[int, str]]:
    return [(f.line, f.kind) for f in secrets(Snapshot({path: text}))]


@pytest.mark.parametrize(
    ("path", "text", "want"),
    [
        ("src/train.py", f'import wandb\n\nwandb.login(key="{HEX40}")\n', [(3, "W&B key")]),
        ("Dockerfile", f"FROM python:3.12\nENV WANDB_API_KEY {HEX40}\n", [(2, "W&B key")]),
        ("Dockerfile", f"RUN wandb login --relogin {HEX40}\n", [(1, "W&B key")]),
        ("job.yaml", f"env:\n- name: WANDB_API_KEY\n  value: {HEX40}\n", [(3, "W&B key")]),
        ("job.yaml", f"value: wandb_v1_{made(70, 'w', LETTERS)}\n", [(1, "W&B key")]),
        (".env", f"KAGGLE_USERNAME=ada\nKAGGLE_KEY={made(32)}\n", [(2, "Kaggle key")]),
        ("kaggle.json", json.dumps({"username": "ada", "key": made(32)}), [(1, "Kaggle key")]),
        ("app.py", f'TOKEN = "hf_{made(34, "h", LETTERS)}"\n', [(1, "Hugging Face token")]),
        ("notes.md", f"token ghp_{made(36, 'g', LETTERS)}\n", [(1, "GitHub token")]),
        ("app.py", f'key = "AKIA{made(16, "k", LETTERS[:26])}"\n', [(1, "AWS key")]),
        ("key.json", json.dumps({"type": "service_account", "private_key": PEM}, indent=1), [(3, "private key")]),
        ("deploy.pem", PEM, [(1, "private key")]),
        ("tests/test_train.py", f'import wandb\nwandb.login(key="{HEX40}")\n', [(2, "W&B key")]),  # a real key in a test is real
        # whoever's key it is: a secret's name, and a value that is random by its letters
        ("keys.py", f'AWS_SECRET_ACCESS_KEY = "{made(40, "s", LETTERS)}"\n', [(1, "AWS key")]),
        (".env", f"AWS_SECRET_ACCESS_KEY={made(40, 's', LETTERS)}\n", [(1, "AWS key")]),
        ("app.yaml", f'db:\n  password: "{made(24, "pw", LETTERS)}"\n', [(2, "secret")]),
        ("app.py", f'client = Client(api_key="{made(32, "c", LETTERS)}")\n', [(1, "secret")]),
        ("app.js", f"const authToken = '{made(48, 'a')}';\n", [(1, "secret")]),
        ("settings.toml", f'[api]\nclient_secret = "{made(32, "t", LETTERS)}"\n', [(2, "secret")]),
        ("keys.py", 'AWS_SECRET_ACCESS_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"\n', []),
        ("keys.py", 'AWS_SECRET_ACCESS_KEY = os.environ["AWS_SECRET_ACCESS_KEY"]\n', []),
        ("keys.py", 'SECRET_KEY = "django-insecure-change-me-before-you-deploy-this"\n', []),
        ("ci.yaml", "env:\n  API_TOKEN: ${{ secrets.API_TOKEN_OF_PRODUCTION }}\n", []),
        ("model.py", 'pad_token = "PaddingTokenOfTheTokenizerOfThisModel1"\n', []),
        ("keys.py", f'PUBLIC_API_KEY = "{made(32, "p", LETTERS)}"\n', []),
        ("index.html", f'<input name="csrf_token" value="x"> csrf_token = "{made(32, "q", LETTERS)}"\n', []),
        ("web.js", f'apiKey: "AIza{made(35, "f", LETTERS)}"\n', []),  # of a web page: public
        ("keys.py", f'password_hash = "{made(64, "h")}"\n', []),
        ("tests/test_auth.py", f'TOKEN = "{made(40, "u", LETTERS)}"\n', []),
        ("job.yaml", "secret: projects/123456789012/secrets/WANDB_API_KEY/versions/7\n", []),
        # what opens nothing
        ("src/train.py", 'import wandb\nwandb.login(key="your_wandb_api_key_here_0123456789abcdef01")\n', []),
        ("src/train.py", f'import wandb\nwandb.login(key="{"a" * 40}")\n', []),
        ("src/train.py", 'import os, wandb\nwandb.login(key=os.environ["WANDB_API_KEY"])\n', []),
        ("src/train.py", f"import wandb\n# wandb at commit {HEX40}\n", []),
        (".pre-commit-config.yaml", f"- repo: https://github.com/wandb/hooks\n  rev: {HEX40}\n", []),
        ("wandb/run-1/wandb-metadata.json", json.dumps({"program": "wandb", "git": {"commit": HEX40}}), []),
        ("package-lock.json", json.dumps({"wandb": {"integrity": HEX40, "key": HEX40}}), []),
        ("uv.lock", f'name = "wandb"\nkey = "{HEX40}"\n', []),
        (".env.example", f"WANDB_API_KEY={HEX40}\n", []),
        ("examples/login.py", f'import wandb\nwandb.login(key="{HEX40}")\n', []),
        ("venv/lib/site-packages/x.py", PEM, []),
        ("tests/data/server.key", PEM, []),
        ("deploy.pem", "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n", []),
        ("deploy.pem", PEM.replace("PRIVATE", "PUBLIC"), []),
        ("deploy.pem", PEM.replace("BEGIN PRIVATE", "BEGIN ENCRYPTED PRIVATE"), []),
        ("app.py", 'key = "AKIAIOSFODNN7EXAMPLE"\n', []),
        ("app.py", f'stripe.api_key = "sk_test_{made(24, "s", LETTERS)}"\n', []),
        ("app.py", f'stripe.api_key = "sk_live_{made(24, "s", LETTERS)}"\n', [(1, "Stripe key")]),
        ("app.py", f'stripe.api_key = "rk_live_{made(99, "s", LETTERS)}"\n', [(1, "Stripe key")]),
        ("app.py", f'stripe.api_key = "pk_live_{made(24, "s", LETTERS)}"\n', []),  # public
        ("app.py", 'stripe.api_key = "sk_live_abc123xyz789_secret"\n', []),
        ("app.py", 'stripe.api_key = "sk_live_4eC39HqLyjWD"\n', []),  # too short for one
        ("docs.ipynb", json.dumps({"image/png": made(600, "p", LETTERS) + "EAA" + made(900, "q", LETTERS)}), []),
        ("data.csv", f"id,text\n1,wandb key {HEX40}\n", []),
    ],
)  # fmt: skip
def test_keys_are_told_and_what_opens_nothing_is_left_alone(path: str, text: str, want: list[tuple[int, str]]) -> None:
    assert kinds(path, text) == want


def cells(*told: tuple[str, str]) -> str:
    """A notebook of cells, each its type and its text; the type behind the text, as some programs write it."""
    return json.dumps({"cells": [{"source": [text], "outputs": [], "cell_type": kind} for kind, text in told]})


SERVER = "curl http://127.0.0.1:5000/token\n"
LONG = made(30, "x", LETTERS)
SLACK = f"xoxb-{made(12, 'n', '123456789')}-{made(12, 'm', '123456789')}-{made(24, 'l', LETTERS)}"


@pytest.mark.parametrize(
    ("path", "text", "want"),
    [
        # a value of a service's shape counts in the form that the service gives out
        ("app.py", f'token = "{SLACK}"\n', [""]),
        ("app.py", 'token = "xoxb-test-token"\n', []),
        ("app.py", 'token = "xoxb-bot-token-of-team-1"\n', []),
        ("app.py", f'token = "xapp-1-A{made(10, "j", "BCDEFGH234")}-{made(13, "i", "123456789")}-{made(64, "h")}"\n', [""]),
        ("app.py", 'token = "ghp_tokenofthetest99"\n', []),
        ("app.py", 'key = "sk-test-key-for-the-unit-tests-1"\n', []),
        ("app.py", f'key = "sk-proj-{made(60, "o", LETTERS)}"\n', [""]),
        ("app.py", f'key = "sk-ant-api03-{made(40, "y", LETTERS)}-{made(40, "v", LETTERS)}AA"\n', [""]),
        ("app.py", f'role = "AROA{made(16, "r", LETTERS[:26])}"\n', []),
        ("app.py", 'url = "https://hooks.slack.com/services/team/channel/hook-url"\n', []),
        ("app.py", f'url = "https://hooks.slack.com/services/T{made(9, "1", "ABC123")}/B{made(9, "2", "ABC123")}/{made(24, "3", LETTERS)}"\n', [""]),
        # what was recorded for tests
        ("tests/test_data/shop.com/page.testhtml", f'<img src="a?sig={LONG}"> AKIA{made(16, "k", LETTERS[:26])}', []),
        ("tests/data/reply.json", json.dumps({"token": f"hf_{made(34, 'h', LETTERS)}"}), []),
        ("tests/integration/cassettes/a.yaml", f"token: hf_{made(34, 'h', LETTERS)}\n", []),
        ("fixtures/page.html", f"<a href='?sig={LONG}'>", []),
        ("e2e/reply.txt", f"hf_{made(34, 'h', LETTERS)}", []),
        ("saved/page.html", f"<p>AKIA{made(16, 'k', LETTERS[:26])}</p>", ["in a page"]),
        # code of tests, and what starts services for them
        ("tests/test_train.py", f'wandb.login(key="{HEX40}")\n', ["in code of tests"]),
        ("tests/conftest.py", f'token = "{SLACK}"\n', ["in code of tests"]),
        # ... and what hides keys, which is tested with what looks like one
        ("tests/test_redact.py", f'token = "{SLACK}"\n', []),
        ("tests/test_log.py", f'def test_token_is_masked():\n    token = "{SLACK}"\n', []),
        ("tests/test_log.py", f'class TestScrubbing:\n    def test_slack(self):\n        token = "{SLACK}"\n', []),
        ("tests/log.test.ts", f'it("redacts tokens", () => {{\n  const token = "{SLACK}"\n', []),
        ("tests/test_log.py", f'def test_token_is_masked():\n    pass\n\n\ndef test_send():\n    token = "{SLACK}"\n', ["in code of tests"]),
        ("tests/test_mask_rcnn.py", f'def test_masks():\n    wandb.login(key="{HEX40}")\n', ["in code of tests"]),
        ("tests/test_stripe.py", f'def test_pay():\n    key = "sk_live_{made(24, "s", LETTERS)}"\n', ["in code of tests"]),
        ("src/redact.py", f'token = "{SLACK}"\n', [""]),
        ("scripts/test-environments/sso/configuration.yml", f"key: |\n  {PEM}\nsecret: {LONG}\n", []),
        ("docker-compose.test.yml", f"environment:\n  API_SECRET: {LONG}\n", []),
        (".env.test", f"API_SECRET={LONG}\n", []),
        ("backend.test.env", f"API_SECRET={LONG}\n", []),
        (".env", f"API_SECRET={LONG}\n", [""]),
        ("docker-compose.yml", f"environment:\n  API_SECRET: {LONG}\n", [""]),
        ("configs/test.yaml", f"wandb:\n  key: {HEX40}\n", [""]),  # of the test set
        ("src/latest/run.py", f'wandb.login(key="{HEX40}")\n', [""]),
        ("src/contest/run.py", f'wandb.login(key="{HEX40}")\n', [""]),
        ("test.py", f'wandb.login(key="{HEX40}")\n', [""]),
        # documents: samples are not told, what has a service's form is a place to look
        ("README.md", f'```\n$ {SERVER}{{\n\n  "access_token": "{LONG}"\n}}\n```\n', []),
        ("docs/pay.rst", f'e.g.::\n\n    PAY_TOKEN = "{LONG}"\n', []),
        ("docs/config.rst", f"Set it::\n\n    SECRET_KEY = '{made(64)}'\n", []),
        ("bot/tags/dotenv.md", f"```\nTOKEN={LONG}\n```\n", []),
        ("docs/guide.adoc", f'----\npassword: "{LONG}"\n----\n', []),
        ("docs/guide/env.txt", f'client_secret = "{LONG}"\n', []),
        ("README.txt", f"API_SECRET={LONG}\n", []),
        ("token.txt", f"API_SECRET={LONG}\n", [""]),
        ("requirements.txt", f"API_SECRET={LONG}\n", [""]),
        ("README.md", f"export WANDB_API_KEY={HEX40}\n", ["in a document"]),
        ("README.md", f"```\nexport HF=hf_{made(34, 'h', LETTERS)}\n```\n", ["in a document"]),
        ("README.md", PEM, ["in a document"]),
        # docstrings: examples alone
        ("app.py", f'def f():\n    """It pays.\n\n    >>> pay(api_key="{LONG}")\n    """\n', []),
        ("app.py", f'def f():\n    """It pays::\n\n        pay(api_key="{LONG}")\n    """\n', []),
        ("app.py", f'class C:\n    """It pays.\n\n    Example:\n        pay(\n            api_key="{LONG}")\n    """\n', []),
        ("app.py", f'class C:\n    """It pays.\n\n    Example:\n        x = 1\n\n        pay(api_key="{LONG}")\n    """\n', []),
        ("app.py", f'"""It pays.\n\n```\npay(api_key="{LONG}")\n```\n"""\n', []),
        ("app.py", f'"""\ndef main():\n    pay(api_key="{LONG}")\n"""\n', [""]),
        ("app.py", f'def f():\n    pay(api_key="{LONG}")\n', [""]),
        ("app.py", f'TEXT = """\n>>> pay(api_key="{LONG}")\n"""\n', [""]),
        # notebooks
        ("a.ipynb", json.dumps({"cells": [{"outputs": [], "source": [f'key = "hf_{made(34, "h", LETTERS)}"']}]}), [""]),
        ("a.ipynb", json.dumps({"cells": [{"outputs": [{"text": f"hf_{made(34, 'h', LETTERS)}"}], "source": []}]}), ["in the output of a notebook"]),
        ("a.ipynb", json.dumps({"cells": [{"outputs": [{"api_key": LONG}], "source": []}]}), []),
        ("a.ipynb", cells(("markdown", f'api_key = "{LONG}"\n')), []),
        ("a.ipynb", cells(("markdown", f"hf_{made(34, 'h', LETTERS)}\n")), ["in a document"]),
        ("a.ipynb", cells(("code", f'api_key = "{LONG}"\n')), [""]),
        ("a.ipynb", cells(("markdown", f'api_key = "{LONG}"\n'), ("code", f'api_key = "{LONG}"\n')), [""]),
        ("a.ipynb", cells(("markdown", "# Pay\n"), ("code", f'wandb.login(key="{HEX40}")\n')), [""]),
        ("a.ipynb", cells(("raw", f'api_key = "{LONG}"\n')), [""]),
        # set while developing
        ("app/settings.py", f'if DEBUG:\n    SECRET_KEY = "{LONG}"\n', [DEVELOPING]),
        ("app/settings.py", f'match STAGE:\n    case Stage.LOCAL:\n        SECRET_KEY = "{LONG}"\n', [DEVELOPING]),
        ("app/settings.py", f'if ENV == "production":\n    pass\nelif ENV == "dev":\n    SECRET_KEY = "{LONG}"\n', [DEVELOPING]),
        ("app/settings/local.py", f'SECRET_KEY = "{LONG}"\n', [DEVELOPING]),
        ("app/settings.py", f'if not DEBUG:\n    SECRET_KEY = "{LONG}"\n', [""]),
        ("app/settings.py", f'if DEBUG:\n    pass\nelse:\n    SECRET_KEY = "{LONG}"\n', [""]),
        ("app/settings.py", f'if ENV != "dev":\n    SECRET_KEY = "{LONG}"\n', [""]),
        ("app/settings.py", f'if DEBUG or PRODUCTION:\n    SECRET_KEY = "{LONG}"\n', [""]),
        ("app/settings/production.py", f'SECRET_KEY = "{LONG}"\n', [""]),
        ("app/settings.py", f'if DEBUG:\n    TOKEN = "hf_{made(34, "h", LETTERS)}"\n', [""]),  # opens a service, whenever
        # of web pages
        ("site/Search.jsx", f'docsearch({{appId: "X", apiKey: "{LONG}"}})\n', []),
        ("site/foot.html", f"<script src='https://static.cloudflareinsights.com/beacon.min.js' data-cf-beacon='{{\"token\": \"{LONG}\"}}'></script>", []),
        # samples, what runs tests, fallbacks
        ("demo/settings.py", f'SECRET_KEY = "{LONG}"\n', ["in a sample project"]),
        ("example_project/settings.py", f'SECRET_KEY = "{LONG}"\n', ["in a sample project"]),
        ("democracy/settings.py", f'SECRET_KEY = "{LONG}"\n', [""]),
        ("demo/app.py", f'wandb.login(key="{HEX40}")\n', [""]),  # opens a service, wherever
        (".github/workflows/ci.yml", f"env:\n  REPO_TOKEN: {LONG}\n", ["in what runs tests"]),
        ("tox.ini", f"[testenv]\nsetenv =\n  REPO_TOKEN={LONG}\n", ["in what runs tests"]),
        ("app.py", f'KEY = os.getenv("SECRET_KEY", "{LONG}")\n', ["as what is taken where the environment has none"]),
        # built by others
        ("static/chart.min.js", f'const authToken = "{LONG}";', []),
    ],
)  # fmt: skip
def test_where_a_key_stands_says_how_sure_it_is(path: str, text: str, want: list[str]) -> None:
    assert [f.doubt for f in secrets(Snapshot({path: text}))] == want


@pytest.mark.parametrize(
    ("value", "want"),
    [
        (made(40, "a", LETTERS), False),
        (made(40), False),
        (f"sk_live_{made(24, 'b', LETTERS)}", False),
        (f"ghp_{made(36, 'c', LETTERS)}", False),
        (f"AKIA{made(16, 'd', LETTERS[:26] + '234567')}", False),
        (f"secret_{made(43, 'e', LETTERS)}", False),  # as a service begins its keys
        (f"prod-secret-{made(32, 'f', LETTERS)}", False),
        (f"sk-ant-api03-{made(40, 'g', LETTERS)}-{made(40, 'h', LETTERS)}AA", False),
        (f"hvs.{made(30, 'i', LETTERS)}_{made(12, 'j', LETTERS)}", False),
        ("sk_live_abc123xyz789_secret", True),
        ("ghp_1234abcd5678efgh9012ijkl3456mnop7890", True),
        ("AKIAQWERTYUIOPASDFGH", True),
        ("hf_zyxwvutsrqponmlkjihgfedcba98765432", True),
        ("glpat-aaaabbbbccccddddeeee", True),
        (f"sk-test-{made(40, 'k', LETTERS)}", True),
        (f"sk-fake-{made(40, 'l', LETTERS)}", True),
        ("sk_live_thisIsAFakeKeyForUnits12", True),
        ("dapi-token-of-mine", True),
    ],
)
def test_what_counts_or_says_so_is_made_up(value: str, want: bool) -> None:
    assert made_up(f'KEY = "{value}"\n', 7, 7 + len(value)) is want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("KEY = $KEY1", True),
        ("KEY = <KEY1>", True),
        ("KEY = KEY1...", True),
        ("KEY = KEY1…", True),
        ("KEY = KEY1.", False),
    ],
)
def test_marks_around_a_value_say_that_it_is_none(text: str, want: bool) -> None:
    at = text.index("KEY1")
    assert made_up(text.replace("KEY1", made(40, "m", LETTERS)), at, at + 40) is want


def test_a_sample_of_a_document_is_told_only_where_it_is_used() -> None:
    other = made(30, "z", LETTERS)
    tree = Snapshot({"README.md": f"API_TOKEN={LONG}\n\nREFRESH_TOKEN={other}\n"})
    assert exposed(tree, Book().enter, []) == []
    tree = Snapshot({"README.md": f"API_TOKEN={LONG}\n", "src/app.py": f'API_TOKEN = "{LONG}"\n'})
    found = exposed(tree, Book().enter, [])
    assert [(v.detail, v.softened) for v in found] == [(False, "")]
    assert "src/app.py:1, README.md:1" in found[0].repo_shows
    tree = Snapshot({"README.md": f"API_TOKEN={LONG}\n", "docs/use.rst": f"API_TOKEN={LONG}\n"})
    assert exposed(tree, Book().enter, []) == []


@pytest.mark.parametrize(
    ("signature", "told"),
    [
        (made(43, "s") + "%3D", True),
        (made(20, "s") + "%2B" + made(22, "t") + "=", True),
        (made(32, "s"), False),  # of some page
        (made(64, "s"), False),
    ],
)
def test_a_signature_of_azure_has_its_length(signature: str, told: bool) -> None:
    files = {"src/a.py": f'URL = "https://pond.blob.core.windows.net/fish?sv=2022&sig={signature}"\n'}
    assert bool(exposed(Snapshot(files), Book().enter, [])) is told


def standings(files: dict[str, str], for_users: bool = False) -> list[tuple[str, str]]:
    book = Book()
    told = exposed(Snapshot(files), book.enter, [], for_users=for_users)
    report = Report.model_construct(items=(), questions=(), path="README.md")
    return [(f.level, f.standing) for f in report_findings(report, load_profile(), told, book.evidence)]


@pytest.mark.parametrize(("for_users", "sample"), [(True, ("note", "lead")), (False, ("warning", "finding"))])
def test_a_services_key_in_a_document_is_no_error_unless_it_is_used(for_users: bool, sample: tuple[str, str]) -> None:
    read = {"README.md": f"export WANDB_API_KEY={HEX40}\n"}
    assert standings(read, for_users) == [sample]
    used, other = (read | {"src/app.py": f'wandb.login(key="{key}")\n'} for key in (HEX40, made(40, "v")))
    own = (
        ("note", "lead") if for_users else ("error", "finding")
    )  # of programs that all install few such keys are secret
    assert standings(used, for_users) == [own]
    assert standings(other, for_users) == [own, sample]


def test_who_signed_an_address_is_no_key() -> None:
    aws = "AKIA" + made(16, "k", LETTERS[:26])
    signed = f"https://storage.example.com/a.pdf?X-Amz-Credential={aws}%2F20240101%2Fus-east-1%2Fs3&X-Amz-Expires=300"
    assert standings({"src/app.py": f'PDF = "{signed}"\n'}) == []
    assert standings({"src/app.py": f'aws_access_key_id = "{aws}"\n'}) == [("error", "finding")]


def test_values_beside_a_name_may_be_meant_for_all_users_of_the_code() -> None:
    other = made(30, "z", LETTERS)
    files = {"pond/plugin.py": f'API_SECRET = "{LONG}"\nAPI_TOKEN = "{other}"\n'}
    assert standings(files) == [("error", "finding")] * 2
    assert standings(files, for_users=True) == [("note", "lead")]
    assert standings(files | {"README.md": f"API_TOKEN={LONG}\n"}, for_users=True) == [("note", "lead")]
    assert standings({"pond/app.py": f'wandb.login(key="{HEX40}")\n'}, for_users=True) == [("note", "lead")]


def part(tag: int, *inside: bytes) -> bytes:
    """A part of a certificate (DER)."""
    body = b"".join(inside)
    size = bytes([len(body)]) if len(body) < 128 else bytes([0x82, *len(body).to_bytes(2, "big")])
    return bytes([tag]) + size + body


def certificate(issuer: str, subject: str) -> str:
    """A certificate as far as it is looked at, made up."""
    names = [part(0x30, part(0x0C, n.encode())) for n in (issuer, subject)]
    body = part(
        0x30, part(0xA0, b"\x02\x01\x02"), part(2, b"\x07"), part(0x30), names[0], part(0x30), names[1], part(0x30)
    )
    rows = base64.b64encode(part(0x30, body, part(0x30), part(3, b"\x00" * 90))).decode()
    return f"-----BEGIN CERTIFICATE-----\n{rows}\n-----END CERTIFICATE-----\n"


SELF, MKCERT = certificate("localhost", "localhost"), certificate("mkcert development CA", "pond")
LOCALHOST = certificate("Pond Root CA", "localhost.local")
OWN, PUBLIC = certificate("Pond Test CA", "pond"), certificate("R3 Let's Encrypt", "pond")


@pytest.mark.parametrize(
    ("files", "want"),
    [
        ({"certs/pond.key": PEM, "certs/pond.crt": SELF}, ("warning", "finding")),
        ({"localhost+2-key.pem": PEM, "localhost+2.pem": MKCERT}, ("warning", "finding")),
        ({"docker/nginx/ssl/pond.key": PEM, "docker/nginx/ssl/pond.crt": OWN}, ("warning", "finding")),
        ({".docker/nginx/key.pem": PEM, ".docker/nginx/cert.pem": OWN}, ("warning", "finding")),
        ({"dev.pem": PEM + SELF}, ("warning", "finding")),
        ({"my/server-key.pem": PEM, "my/server-cert.pem": SELF}, ("warning", "finding")),
        ({"resources/localhost.key": PEM, "resources/localhost.crt": LOCALHOST}, ("warning", "finding")),
        ({"my/server-key.pem": PEM, "my/client-cert.pem": SELF}, ("error", "finding")),
        ({"deploy/pond.key": PEM, "deploy/pond.crt": OWN}, ("error", "finding")),
        ({"nginx/pond.key": PEM, "nginx/pond.crt": PUBLIC}, ("error", "finding")),
        ({"nginx/pond.key": PEM}, ("error", "finding")),
        ({"certs/jwt.key": PEM, "certs/localhost.crt": SELF}, ("error", "finding")),
        ({"certs/privkey.pem": PEM, "certs/fullchain.pem": SELF}, ("warning", "finding")),
        ({"devops/pond.key": PEM, "devops/pond.crt": OWN}, ("error", "finding")),
        ({"latest/pond.key": PEM, "latest/pond.crt": OWN}, ("error", "finding")),
        ({"nginx/pond.key": PEM, "nginx/other.crt": SELF, "nginx/pond.crt": PUBLIC}, ("error", "finding")),
        ({"nginx/pond.key": PEM, "certs/pond.crt": SELF}, ("error", "finding")),
        ({"certs/pond.key": PEM, "certs/pond.crt": SELF[:60] + "\n-----END CERTIFICATE-----\n"}, ("error", "finding")),
    ],
)  # fmt: skip
def test_a_private_key_of_a_certificate_for_the_own_machine_is_a_warning(
    files: dict[str, str], want: tuple[str, str]
) -> None:
    assert standings(files) == [want]


def test_a_key_is_one_finding_wherever_it_stands_and_never_shown() -> None:
    tree = Snapshot(
        {
            "a.py": f'import wandb\nwandb.login(key="{HEX40}")\n',
            "b.py": f'import wandb\n\nwandb.login(key="{HEX40}")\n',
            "c.py": f'import wandb\nwandb.login(key="{made(40, "other")}")\n',
        }
    )
    book = Book()
    failed: list[Problem] = []
    found = exposed(tree, book.enter, failed)
    assert failed == []
    assert [v.rule for v in found] == ["secret-in-repository"] * 2
    assert "a.py:2, b.py:3" in found[0].repo_shows
    said = json.dumps([v.model_dump() for v in found]) + json.dumps([e.model_dump() for e in book.evidence.values()])
    assert HEX40[:12] not in said
    assert hashlib.sha256(HEX40.encode()).hexdigest()[:12] not in said
