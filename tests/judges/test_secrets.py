"""Nothing private and no secret in any request, wherever it is planted and however it is spelt; what only looks so is shown.

The values are put together here, so that no scanner finds them in this repository. All of them are invented.
"""

import json
import random
import string
from datetime import UTC, datetime

import pytest

from auditor.judges.request import Asking, make_brief, readings, ruling_requests
from auditor.judges.request import Found as Finding
from auditor.models import ChecklistItem, Evidence, Question, Report
from auditor.profile import load_profile
from auditor.repository import Commit, History
from auditor.snapshot import Snapshot

PROFILE = load_profile()
WHEN = datetime(2026, 1, 1, tzinfo=UTC)
RNG = random.Random(20261129)
HEX, ALNUM = "0123456789abcdef", string.ascii_letters + string.digits


def r(n: int, letters: str = ALNUM) -> str:
    """Random letters, with a digit and both cases where the alphabet has them."""
    made = [RNG.choice(letters) for _ in range(n)]
    for at, some in ((1, "7"), (n // 2, "k" if "k" in letters else "a"), (n - 2, "Q" if "Q" in letters else "3")):
        if some in letters:
            made[at] = some
    return "".join(made)


# (line with {} for the secret, secret): what must not arrive is the secret
KEYS: list[tuple[str, str]] = [
    ("token: {}", "gl" + "pat-" + r(20)),
    ("TWINE_PASSWORD={}", "py" + "pi-AgEIcHlwaS5vcmc" + r(60)),
    ("key = '{}'", "S" + "G." + r(22) + "." + r(43)),
    ("stripe.api_key = '{}'", "sk_" + "live_" + r(24)),
    ("stripe = '{}'", "rk_" + "test_" + r(24)),
    ("bot = '{}'", "123456789" + ":AA" + r(33)),
    ("conn = 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey={};EndpointSuffix=x'", r(86) + "=="),
    ("credentials = '{}'", "ya" + "29." + r(80)),
    ("refresh_token: {}", "1/" + "/0" + r(40)),
    ("url: https://hooks.slack.com/services/{}", "T01ABCDEF/B01ABCDEF/" + r(24)),
    ("url = 'https://discord.com/api/webhooks/{}'", "123456789012345678/" + r(68)),
    ("curl -H 'Authorization: Bearer {}' https://x.example", r(40)),
    ('headers = {{"Authorization": "Basic {}"}}', "dXNlcjpwYXNz" + r(8) + "=="),
    ("DB_PASSWORD={}", "hunter2"),
    ("PASS={}", "hunter22"),
    ("export TOKEN={}", "abc" + "123def456"),
    ('API_KEY="{}"', "a1$b2$" + r(20)),
    ("!wandb login {}", r(40, HEX)),
    ("wandb login --relogin {}", r(40, HEX)),
    ("  wandb: paste an API key from your profile: {}", r(40, HEX)),
    ("os.environ['WANDB_API_KEY'] = '{}'", r(40, HEX)),
    ('{{"username":"operator","key":"{}"}}', r(32, HEX)),
    ('"private_key_id": "{}",', r(40, HEX)),
    ("machine api.wandb.ai login user password {}", r(40, HEX)),
    ("OPENAI = '{}'", "sk-" + "proj-" + r(48)),
    ("ANTHROPIC = '{}'", "sk-" + "ant-api03-" + r(80)),
    ("HF = '{}'", "hf" + "_" + r(34)),
    ("gh auth login --with-token {}", "gh" + "p_" + r(36)),
    ("GITHUB={}", "github" + "_pat_" + r(22) + "_" + r(59)),
    ("aws_access_key_id = {}", "AK" + "IA" + r(16, string.ascii_uppercase + string.digits)),
    ("aws_secret_access_key = {}", r(40)),
    ("maps: {}", "AI" + "za" + r(35)),
    ("client_secret: {}", "GOC" + "SPX-" + r(28)),
    ("SLACK = '{}'", "xo" + "xb-123456789012-1234567890123-" + r(24)),
    ("jwt = '{}'", "ey" + "J" + r(20) + ".ey" + "J" + r(40) + "." + r(43)),
    ("postgres://admin:{}@db.example.com/x", "s3cret-pw"),
    ("redis://:{}@cache:6379", "r3dispw"),
    ("mongodb+srv://bob:{}@c.example.net", "pa55word"),
    ("password: {}", "correct-h0rse"),
    ("password = '{}'", "correct horse battery"),
    ("docker login -u operator -p {} registry.example", "dock3rpw"),
    ("curl -u operator:{} https://x.example", "curlpw1"),
    ("sshpass -p {} ssh host", "sshpw12"),
    ("mlflow --token {} run", r(30)),
    ("DATABRICKS = '{}'", "da" + "pi" + r(32, HEX)),
    ("NPM = '{}'", "np" + "m_" + r(36)),
    ("DO = '{}'", "do" + "p_v1_" + r(64, HEX)),
    ("DOCKER = '{}'", "dc" + "kr_pat_" + r(27)),
    ("MAILGUN = '{}'", "ke" + "y-" + r(32, HEX)),
    ("MAILCHIMP = '{}'", r(32, HEX) + "-us" + "12"),
    ("TWILIO = '{}'", "S" + "K" + r(32, HEX)),
    ("VAULT = '{}'", "hv" + "s." + r(24)),
    ("GRAFANA = '{}'", "gl" + "sa_" + r(32) + "_" + r(8, HEX)),
    ("GROQ = '{}'", "gs" + "k_" + r(52)),
    ("REPLICATE = '{}'", "r8" + "_" + r(37)),
    ("PINECONE = '{}'", "pc" + "sk_" + r(60)),
    ("LANGSMITH = '{}'", "ls" + "v2_pt_" + r(32) + "_" + r(10)),
    ("SUPABASE = '{}'", "sb" + "p_" + r(40, HEX)),
    ("PREFECT = '{}'", "pn" + "u_" + r(36)),
    ("DISCORD = '{}'", "M" + r(25) + "." + r(6) + "." + r(30)),
    ("dsn = 'https://{}@o12345.ingest.sentry.io/1'", r(32, HEX)),
    ("https://account.blob.core.windows.net/c?sv=2022&sig={}", r(43) + "%3D"),
    ("https://api.example.com/v1?api_key={}", r(32)),
    ("https://maps.example.com/?key={}&q=x", r(32)),
    ("ENV SECRET_KEY={}", "django-insecure-" + r(40)),
    ("ARG MY_API_KEY={}", r(24)),
    ("--set-env-vars=DB_PASS={},MODE=prod", "s3tenv"),
    ("NEPTUNE_API_TOKEN='{}'", "ey" + "J" + r(120)),
    ('comet_ml.init(api_key="{}")', r(25)),
    ("CLEARML_API_SECRET_KEY: {}", r(50)),
    ("const apiKey = '{}';", r(30)),
    ("secretKey: '{}'", r(30)),
    ("AGE = '{}'", "AGE-" + "SECRET-KEY-1" + r(58, string.ascii_uppercase + string.digits)),
    ("kaggle: {}", "KG" + "AT_" + r(32)),
    ("x = login('user', password='{}')", "pw-In-Code1"),
    ("db_pwd: \"{}\"", "quoted-pw"),
    ("azure_client_secret={}", r(3) + "8Q~" + r(34)),
    ("PGPASSWORD={} psql -h db", "pgpw99"),
    ("mysql_password = \"{}\"", "my$ql"),
    ("ADMIN_TOKEN: '{}'", r(20)),
    # written after the code
    ("helm upgrade x --set db.password={}", "helmpw77"),
    ("spring.datasource.password={}", "springpw8"),
    ('{{"wandb_api_key": "{}"}}', r(40, HEX)),
    ("wandb_key = '{}'  # mine", r(40, HEX)),
    ("echo {} | docker login ghcr.io -u me --password-stdin", "gh" + "o_" + r(36)),
    ("git clone https://oauth2:{}@gitlab.example/x.git", "gl" + "pat-" + r(20)),
    ("client = OpenAI(api_key='{}')", "sk-" + r(48)),
    ("headers: {{ 'X-API-Key': '{}' }}", r(32)),
    ("TELEGRAM_TOKEN={}", "987654321" + ":AA" + r(33)),
    ("MINIO_SECRET_KEY: {}", "minio-s3cr3t"),
    ("snowflake_pwd='{}'", "Sn0w!flake"),
    ("encryption_key: \"{}\"", r(44)),
    ("pw = '{}'", "Tr0ub4dor&3xyz"),
    ("auth = ('operator', '{}')", "Secr3tPw994"),
    ("conn2 = (\"operator\", \"{}\")", "Secr3tPw995"),
    ("# the password is {}", "Secr3tPw996"),
]  # fmt: skip


def key_block(kind: str) -> list[str]:
    rows = ["".join(RNG.choice(ALNUM + "+/") for _ in range(64)) for _ in range(6)]
    return [f"-----BEGIN {kind}-----", *rows, f"-----END {kind}-----"]


AUTHORS = [
    ("Anna Bergstrøm", "anna.bergstroem@example.org"),
    ("Søren Kjærgaard Nielsen", "s000001@student.example.org"),
    ("Bo Ågesen", "12+boaage@users.noreply.github.com"),
    ("Peter Müller-Öst", "pmo@example.org"),
    ("xu.weiling", "weiling.xu@example.org"),
    ("Kwame Nkrumah-Osei", "kno@example.org"),
]
# (text, what must not arrive): of six people that git knows, and of one that only the private answers name
PEOPLE: list[tuple[str, str]] = [
    ("Anna wrote it", "Anna"), ("anna wrote it", "anna"), ("ANNA wrote", "ANNA"), ("annabergstrom ran", "annabergstrom"),
    ("Anna_Bergstrom.ipynb", "Bergstrom"), ("anna-bergstrom", "bergstrom"), ("feature/anna-bergstrom", "anna"),
    ("figures/anna_bergstrom.png", "bergstrom"), ("AnnaBergstrom()", "AnnaBergstrom"), ("abergstrom@host", "abergstrom"),
    ("soren did", "soren"), ("Soren Kjaergaard", "Kjaergaard"), ("So\u0308ren", "So\u0308ren"), ("Søren's", "Søren"), ("SØREN", "SØREN"),
    ("Soeren Kjærgård", "Soeren"), ("kjærgaard_run_3", "kjærgaard"), ("Bo wrote the API", "Bo wrote"), ("Ågesen", "Ågesen"),
    ("Aagesen", "Aagesen"), ("agesen", "agesen"), ("boaage", "boaage"), ("Peter made", "Peter"), ("muller", "muller"),
    ("Mueller", "Mueller"), ("Müllers model", "Müllers"), ("weiling", "weiling"), ("Wei-Ling? weiling.xu", "weiling"),
    ("/home/kwame/mlops", "kwame"), ("C:\\Users\\Kwame\\x", "Kwame"), ("/Users/nkrumah/x", "nkrumah"), ("kwameNkrumah", "Nkrumah"),
    ("/home/gitte2/data", "gitte2"), ('"username": "gitte2"', "gitte2"), ("Ragnhild helped", "Ragnhild"), ("ragnhild_model.pt", "ragnhild"),
    ("anna.bergstroem@example.org", "bergstroem"), ("mail ragnhild (at) example.com", "(at) example"), ("x%40example.com", "%40example"),
    ("BERGSTROM, ANNA", "BERGSTROM"), ("bergstrom.anna", "bergstrom"), ("kjaergaardsoren", "kjaergaardsoren"), ("Soren_K", "Soren_"), ("@boaage", "boaage"),
    ("nielsen's branch", "nielsen"), ("OST", "OST"), ("fix/peter-mueller", "peter-"), ("Osei", "Osei"), ("Torvaldsdottir", "Torvaldsdottir"), ("@ragnhild", "ragnhild"),
    ("somebody.else@gmail.com", "somebody.else"), ("author = someone+tag@uni.example.edu", "someone"),
    ("by zq.one@ex\u00e4mple.org", "zq.one"), ("by zq.two\uff20example.org", "zq.two"), ("by zq.three @ example.org", "zq.three"), ("by zq.four%40example%2Eorg", "zq.four"),
    ("by zq.five AT example DOT org", "zq.five"), ("by zq.six at example dot org", "zq.six"),
]  # fmt: skip
NUMBERS: list[tuple[str, str]] = [
    ("s000001_run.csv", "000001"), ("user_s000002", "000002"), ("S000003", "000003"), ("s000004@student.example.org", "000004"),
    ("(s000005)", "000005"), ("by s000006,s000007", "000007"), ("/work3/s000008/data", "000008"), ("s-000009", "000009"),
    ("student number 000010", "000010"), ("studienummer: 000011", "000011"), ("tlf. 12345678", "12345678"), ("+45 12 34 56 78", "12 34 56 78"),
    ("+4587654321", "87654321"), ("call 11 22 33 44", "11 22 33 44"), ("010190-1234", "010190"), ("CPR 0101901234", "0101901234"),
    ("s.000015", "000015"), ("s000 016", "000 016"), ("s000-017", "000-017"), ("\u0455000018", "000018"), ("study no 000019", "000019"), ("'s000020'", "000020"),
    ("0101901235", "0101901235"), ("310190 1236", "310190 1236"),
    ("phone: (+45) 55667788", "55667788"), ("0045 99887766", "99887766"), ("s000012.", "000012"), ("run_s000013_v2", "000013"),
]  # fmt: skip

HARMLESS = [
    "uses: actions/checkout@v4.2.1", "rev: 0badcafe0badcafe0badcafe0badcafe0badcafe", "actions/checkout@fedcba0badcafe10fedcba0badcafe10fedcba98",
    "sha256:fedcba0badcafe10fedcba0badcafe10fedcba0badcafe10fedcba0badcafe10", "md5: 7c9e6679f7425de944b0e31fa1f0a1c2.dir", "max_tokens=512", 'pad_token = "[PAD]"',
    'eos_token: "</s>"', 'tokenizer = "bert-base-uncased"', "token: str", "password: str = Field(...)", "api_key=settings.api_key", 'secret = os.environ["X"]',
    "key: pip-${{ runner.os }}-${{ hashFiles('uv.lock') }}", "pass_rate = 0.95", "12 passed in 3.2s", "password: ${{ secrets.DOCKER_PASSWORD }}", "username: ${{ github.actor }}",
    "--token $TOKEN", 'wandb.login(key=os.getenv("WANDB_API_KEY"))', "wandb==0.18.5", "export WANDB_API_KEY=$(cat key)", "secretKeyRef:", "secretName: my-secret-1",
    "projects/123/secrets/wandb/versions/latest", 'secretEnv: ["WANDB_API_KEY"]', "google/vit-base-patch16-224-in21k", 'model = "microsoft/resnet-50"', "microsoft/deberta-v3-base",
    "distilbert-base-uncased-finetuned-sst-2-english", 'key="data/raw/file1.csv"', "sk-learn-based-classification", "pypi-publish", "https://github.com/a/b@main", "git@github.com:a/b.git",
    "TOKEN=your_token_here", 'API_KEY: "changeme"', 'assert token == "abc"', "train_key = jax.random.PRNGKey(42)", "wandb_entity: team-31", "https://wandb.ai/team/proj/runs/abc123de",
    "2026-01-14T10:22:31+01:00", "id: 0b1e2c3d-1111-2222-3333-444455556666", "EfficientNetB0ForImageClassification", '"ResNet50_Weights.IMAGENET1K_V2"', "gs://bucket-name-1234/data/processed/train.pt",
    "--password-stdin", "auth=True", "January", "in May we", "June", "August 2026", "Adam optimiser", "torch.optim.Adamax", "RADAR", "rand", "Montana effect", "Boston housing", "petersburg",
    "Random Forest", "docker run -p 8080:8080 x", "version 1.2.3", "v20260114", "0.0001", "3.141592653589793", "23456789 rows", "123456 samples", "s3://bucket/key", "ms 123456", "1e-5", "port 8080",
    "n1-standard-4", "europe-west1-docker.pkg.dev/p-123456/images/train:latest", "service-2345098761", "project-id-415200", "seed 1234567", "batch_size: 128", "lr: 3e-4", "nvcr.io/nvidia/pytorch:24.01-py3",
    "pytorch/pytorch:2.4.0-cuda12.1-cudnn9-runtime", "python:3.12-slim", "@app.get('/')", "@pytest.mark.parametrize", "x@y", "a @ b", "ruff@0.4.1", "name: Lint", "author", "train_loss", "/home/user/app",
    "/home/runner/work", "/app/src", "C:\\Users\\Public", "root:x:0", "cache-key-2345098761abcdef", "primary_key=True", "keyword arguments", "monkey = 1", "tokens per second: 1200", "secrets: inherit",
    "permissions: id-token: write", "bearer of news", "basic auth is on", "F1 0.912345", "2025-12-31", "10 20 30", "commit 0badcaf", "E501",
    "q @ k.transpose(-2, -1)", "y = x.T @ model.net", "return h @ self.W.de", "looked at the dot product at noon", "hosted at example.com", "1712344678", "20240131 0930", "241130 1530", "the study of 123456 samples",
    "pw = 'hello world'", "import pairwise as pw", "password is hashed with SHA256", "the password is base64 encoded", "conn = ('localhost', 'table_name')", "auth = ('user', 'password')", "s100", "epoch 3 s.123",
]  # fmt: skip


def everything_sent() -> str:
    """All requests (both readings, sections, a ruling) of a submission that holds all of it, in every kind of place."""
    rows = [line.format(secret) for line, secret in KEYS]
    block, pgp, service = key_block("OPENSSH PRIVATE KEY"), key_block("PGP PRIVATE KEY BLOCK"), key_block("PRIVATE KEY")
    account = json.dumps({"type": "service_account", "private_key": "\n".join(service) + "\n"})
    people = [text for text, _ in PEOPLE] + [text for text, _ in NUMBERS]
    third = len(rows) // 3
    long_line = "x = 1; " * 56 + KEYS[27][0].format(KEYS[27][1])  # a key across the place where lines are cut
    files: dict[str, str] = {
        "src/one.py": "\n".join(rows[:third] + block + people[::2]),
        "src/two.py": "\n".join([long_line, " ".join(rows[third : third + 9]), *rows[third : 2 * third]]),
        "config/x.yaml": "\n".join(rows[2 * third :]),
        "keep/me.json": account,
        "nb.ipynb": json.dumps({"cells": [{"cell_type": "code", "source": [row + "\n" for row in rows]}]}, indent=1),
        "keys/id_rsa": "\n".join(block), ".env": "SOMETHING=plainword", "a/k.pem": "\n".join(block), "kaggle.json": '{"key":"plainword"}',
        "pgp.txt": "\n".join(pgp), "README.md": "\n\n".join(people[1::2]), ".netrc": "machine x login y password plainword",
        "figures/anna_bergstrom_s000001.csv": "a\n1", "src/ok.txt": "\n".join(HARMLESS),
        "pyproject.toml": '[project]\nname = "x"\nauthors = [{name = "Ragnhild Torvaldsdottir"}]\n',
    }  # fmt: skip
    members = "Ragnhild Torvaldsdottir, s000001, Bo, 12345678"
    answers = ["\n".join(people), "\n".join(rows[::2]), "\n".join(rows[1::2] + pgp), "\n".join(HARMLESS)]
    questions = [
        Question(
            n=2, line=5, prompt="", answer=members, answer_lines=(6, 6), id="members", topics=("members",), private=True
        )
    ]
    line = 10
    for n, answer in enumerate(answers, 3):
        prompt = f"{people[n]} {rows[n]} {people[-n]}"
        questions.append(
            Question(
                n=n, line=line, prompt=prompt, answer=answer, answer_lines=(line + 1, line + 1 + answer.count("\n"))
            )
        )
        line += answer.count("\n") + 5
    items = tuple(
        ChecklistItem(n=n, line=1, text=f"Use logging {text}", mark="x", checked=True)
        for n, text in enumerate(people + rows[:20], 1)
    )
    report = Report(path="reports/README.md", commit="c", sha256="s", items=items, questions=tuple(questions))
    commits = tuple(
        Commit(str(n), (), name, mail, WHEN, "GitHub", WHEN, f"fix by {name}") for n, (name, mail) in enumerate(AUTHORS)
    )
    history = History(commits=commits, branches=("main", "feature/anna-bergstrom"), default_branch="main")
    snapshot = Snapshot(files, history=history)
    snapshot.report = report
    facts = [Evidence(kind="fact", note=f"branches: feature/anna-bergstrom; {text}", probe="x") for text in people[:9]]
    texts = []
    for kind in ("both", "section"):
        brief = make_brief(
            snapshot, report, PROFILE, facts, [], {}, Asking(budget=400_000, readings=kind, private=True)
        )  # type: ignore[arg-type]
        brief, requests = readings(brief, report)
        found = [Finding(1, "line 1", 1, people[0] + " " + rows[3], rows[4], people[5], (("src/one.py", 3, rows[5]),))]
        requests += ruling_requests(brief, report, found, [])
        texts += [text for request in requests for _, text in request.messages]
        for piece in brief.pieces.values():
            assert brief.veil.show(piece.text).count("\n") == piece.text.count("\n")
    body = [row for row in (*block, *pgp, *service) if "-----" not in row]
    _BODIES.extend(body)
    return "\n".join(texts)


_BODIES: list[str] = []


@pytest.fixture(scope="module")
def sent() -> str:
    return everything_sent()


@pytest.mark.parametrize(("line", "secret"), KEYS, ids=[str(n) for n in range(len(KEYS))])
def test_no_secret_is_sent(sent: str, line: str, secret: str) -> None:
    assert secret not in sent, line
    assert len(secret) < 24 or secret[4:20] not in sent, line


@pytest.mark.parametrize(("text", "hidden"), [*PEOPLE, *NUMBERS])
def test_nobody_is_named(sent: str, text: str, hidden: str) -> None:
    assert hidden not in sent, text


def test_no_line_of_a_key_is_sent(sent: str) -> None:
    assert _BODIES
    assert not [row for row in _BODIES if row in sent]
    assert "plainword" not in sent, "files for keys are left out by name"
    assert "holds keys or passwords by its name" in sent
    assert len(KEYS) + len(PEOPLE) + len(NUMBERS) >= 150


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_private_is_shown(sent: str, text: str) -> None:
    assert text in sent


def test_nothing_can_be_put_around_the_gate() -> None:
    from auditor.judges.gate import Block, Gate, Shown
    from auditor.judges.private import Veil
    from auditor.prompts import load_prompt

    with pytest.raises(TypeError):
        Shown("by hand", object())
    with pytest.raises(TypeError):
        Block("a path: `x`\n=====")
    gate = Gate(Veil())
    with pytest.raises(TypeError):
        gate.messages(load_prompt("ruling.v3"), {"findings": ["text"]})  # type: ignore[list-item]
    assert gate.text("a\u202eb\x1b[2J").text == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}[2J"
