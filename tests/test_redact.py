"""Secrets in clear text are found, placeholders are not."""

import hashlib

import pytest

from auditor.redact import assigned_in, clip, is_key_file, keys_in, random_key, secret_at, secrets_in

HEX = "0badcafe" * 5


def of(length: int, letters: str = "aB3cD4eF5gH6iJ7kL8mN9") -> str:
    """A value of so many letters that is no word; all of them are made up."""
    digest = hashlib.sha512(letters.encode()).digest() * 4
    return "".join(letters[(b + n) % len(letters)] for n, b in enumerate(digest))[:length]


DIGITS, SMALL, CAPITAL = "0123456789", "0123456789abcdef", "ABCDEFGH234567"
ROW = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC" * 2


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("wandb.login(key='" + HEX + "')", "W&B key"),
        ("export WANDB_API_KEY=" + HEX, "W&B key"),
        ("key: wandb_v1_" + "abcDEF123" * 4, "W&B key"),
        ('  "private_key": "-----BEGIN ' + "PRIVATE KEY-----\\nMII", "private key"),
        ("token = '" + "ghp_" + "a1" * 18 + "'", "GitHub token"),
        ("client_secret = " + "GOCSPX-" + "abcdefghij1234", "OAuth client secret"),
        ("postgres://user:hunter22@db.example.com/x", "password in a URL"),
        ("API_KEY = 'a1b2c3d4e5f6a7b8c9d0e1'", "assigned secret"),
        ("pw='" + "Tr0ub4dor&3xyz'", "assigned secret"),
        ("auth = ('operator', '" + "Secr3tPw994')", "login"),
        ("requests.get(url, auth=HTTPBasicAuth('operator', '" + "s3cr3tpw'))", "login"),
        ("# password is " + "Secr3tPw995", "login"),
    ],
)
def test_secrets(line: str, kind: str) -> None:
    hit = secret_at(line)
    assert hit is not None
    assert hit[1] == kind


@pytest.mark.parametrize(
    "line",
    [
        "WANDB_API_KEY: ${{ secrets.WANDB_API_KEY }}",
        "api_key = os.environ['WANDB_API_KEY']",
        "API_KEY=your_key_here",
        "uses: actions/checkout@" + HEX,
        "sha256:" + HEX * 2,
        "https://github.com/a/b@main",
        "password: <your password>",
        "secret_key_ref_name_of_the_service: abc",
        "pw = 3",
        "pw = 'two words'",
        "npw: a1b2c3d4e5",
        "conn = ('localhost', 'table_name')",
        "auth = (user, password)",
        "auth = ('user', os.environ['PASSWORD1'])",
        "the password is hashed with SHA256",
        "password is Base64",
        "login('operator', 'name')",
    ],
)
def test_no_secrets(line: str) -> None:
    assert secret_at(line) is None


def test_a_value_below_its_name() -> None:
    assert secret_at(f"    value: {HEX}", "  - name: SOME_API_KEY") == (11, "assigned secret")
    assert secret_at(f"    value: {HEX}", "  - name: IMAGE") is None
    assert secret_at("x = 1", "password: 'hunter22'") is None  # the secret is above
    assert secret_at(ROW, "-----BEGIN " + "PRIVATE KEY-----") == (0, "private key")


# (what stands around it, the secret, its kind): no name is beside it and no quotes are around it, so that its shape alone tells
SHAPES: list[tuple[str, str, str]] = [
    ("{}", f"-----BEGIN PRIVATE KEY-----\n{ROW}\n-----END PRIVATE KEY-----", "private key"),
    ("see {} there", f"-----BEGIN OPENSSH PRIVATE KEY-----\n{ROW}\n-----END OPENSSH PRIVATE KEY-----", "private key"),
    ("{}", f"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{ROW}\n-----END PGP PRIVATE KEY BLOCK-----", "private key"),
    ("{}\nand what comes then", f"-----BEGIN RSA PRIVATE KEY-----\n{ROW}\n{ROW}", "private key"),
    ("{}\nand what comes then", f"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n{ROW}", "private key"),
    ("x {} y", "AGE-" + "SECRET-KEY-1" + of(30, CAPITAL), "private key"),
    ("{}", ROW, "private key"),
    ("above\n{}\nbelow", ROW + "==", "private key"),
    ("x {} y", "wandb_v1_" + of(40), "W&B key"),
    ("wandb, paste {} y", HEX, "W&B key"),
    ("weights & biases:\n{} y", HEX, "W&B key"),
    ("import wandb\n\n\n\nlogin({})", HEX, "W&B key"),
    ("kaggle.key = {}", of(32, SMALL), "Kaggle key"),
    ('{{"username": "ada", "key": "{}"}}', of(32, SMALL), "Kaggle key"),
    *[("x {} y", f"gh{c}_" + of(36), "GitHub token") for c in "pousr"],
    ("x {} y", "github" + "_pat_" + of(40), "GitHub token"),
    *[("x {} y", f"gl{c}-" + of(20), "GitLab token") for c in ("pat", "dt", "rt", "cbt", "ptt", "ft", "soat", "imt", "agent", "oas")],
    ("x {} y", "GR" + "1348941" + of(20), "GitLab token"),
    ("x {} y", "GOC" + "SPX-" + of(28), "OAuth client secret"),
    ("x {} y", "AI" + "za" + of(35), "Google API key"),
    ("x {} y", "ya" + "29." + of(60), "Google token"),
    ("x {} y", "1/" + "/0" + of(40), "Google refresh token"),
    ("x {} y", "sk-" + "proj-" + of(48), "OpenAI or Anthropic key"),
    ("x {} y", "hf" + "_" + of(34), "Hugging Face token"),
    ("x {} y", "api" + "_org_" + of(34), "Hugging Face token"),
    *[("x {} y", c + of(16, CAPITAL), "AWS key") for c in ("AK" + "IA", "AS" + "IA", "ABIA", "ACCA", "AROA", "AIDA")],
    *[("x {} y", f"xox{c}-" + of(30), "Slack token") for c in "abeoprs"],
    ("x {} y", "xapp" + "-1-" + of(30), "Slack token"),
    ("x https://hooks.slack.com/services/{} y", "T01ABCDEF/B01ABCDEF/" + of(24), "webhook"),
    ("x https://discord.com/api/webhooks/{} y", "123456789012345678/" + of(60), "webhook"),
    ("x https://a.webhook.office.com/{} y", "webhookb2/" + of(40), "webhook"),
    ("x {} y", "123456789" + ":AA" + of(33), "bot token"),
    *[("x {} y", c + of(25) + "." + of(6) + "." + of(30), "bot token") for c in "MNO"],
    ("x {} y", "ey" + "J" + of(20) + "." + of(30) + "." + of(43), "JSON web token"),
    ("x {} y", "ey" + "J" + of(60), "JSON web token"),
    ("x {} y", "py" + "pi-" + of(60), "Package index token"),
    ("x {} y", "np" + "m_" + of(36), "Package index token"),
    ("x {} y", "S" + "G." + of(22) + "." + of(43), "SendGrid key"),
    *[("x {} y", f"{c}_" + of(24), "Stripe key") for c in ("sk_live", "rk_live", "sk_test")],
    ("x {} y", "wh" + "sec_" + of(32), "Stripe key"),
    *[(f"x {c}={{}};y", of(43) + "=", "Azure key") for c in ("AccountKey", "SharedAccessKey", "SharedSecret")],
    ("x {} y", of(3) + "8Q~" + of(34), "Azure key"),
    *[(f"x https://a.example/b?v=1&{c}={{}} y", of(43) + "%3D", "Azure key") for c in ("sig", "SharedAccessSignature")],
    ("x {} y", "da" + "pi" + of(32, SMALL), "Databricks token"),
    *[
        ("x {} y", one, "service token")
        for one in (
            *(f"do{c}_v1_" + of(64, SMALL) for c in "por"), "dckr_pat_" + of(27), *(f"shp{c}_" + of(32, SMALL) for c in ("at", "ca", "pa", "ss")),
            "sbp_" + of(40, SMALL), "lin_api_" + of(40), "secret_" + of(43), "ntn_" + of(46), "glc_" + of(40), "glsa_" + of(41), "pscale_tkn_" + of(40),
            "r8_" + of(37), "gsk_" + of(52), "pcsk_" + of(60), "lsv2_pt_" + of(43), "KGAT_" + of(32), "sntrys_" + of(60), "sntryu_" + of(60),
            "pnb_" + of(36), "pnu_" + of(36), "figd_" + of(40), "AC_" + of(40), "fo1_" + of(43), "rnd_" + of(32), "NRAK-" + of(27, CAPITAL),
            "HRKU-" + of(36), "PMAK-" + of(59), "sq0atp-" + of(22), "pul-" + of(40, SMALL), "pplx-" + of(48), "xai-" + of(80), "tvly-" + of(32),
            "key-" + of(32, SMALL), of(32, SMALL) + "-us12", "ak-" + of(22), "as-" + of(22), *(f"hv{c}." + of(24) for c in "sbr"),
            of(14) + ".atlasv1." + of(60), "sl." + of(80), "EAA" + of(90),
        )
    ],
    *[("x {} y", c + of(32, SMALL), "Twilio key") for c in ("S" + "K", "AC")],
    ("x {} y", "AAAA" + of(7) + ":" + of(120), "Firebase key"),
    ("x https://{}@o1.ingest.example.io/1", of(32, SMALL), "Sentry address"),
    ("x postgres://ada:{}@db.example.com/x", "hunter22", "password in a URL"),
    ("x redis://:{}@cache:6379", "r3d", "password in a URL"),
    ("x -H 'Bearer {}'", of(40), "authorization header"),
    ("x Bearer%20{}", of(12), "authorization header"),
    ("x Basic {} y", "dXNlcjpwYXNz" + of(8) + "==", "authorization header"),
    ("x Basic {} y", "dXNlcjpwYXNz" + of(8), "authorization header"),
    ("x authorization: token {} y", of(30), "authorization header"),
    ("machine a.example login ada password {}", "plainword", "login"),
    ("docker login -u ada -p {} registry.example", "dockpw", "login"),
    ("x login --relogin {}", "abcdefgh", "login"),
    ("curl -u ada:{} https://a.example", "curlpw", "login"),
    ("curl --user ada:{} https://a.example", "curlpw", "login"),
    ("sshpass -p {} ssh host", "plainpw", "login"),
    ("https://a.example/v1?signature={}&q=x", of(32), "assigned secret"),
    ("https://a.example/v1?q=x&X-Amz-Signature={}", of(32, SMALL), "assigned secret"),
]  # fmt: skip
# Of some kinds the shape says that it opens something; of the others it may be public, a sample, or a password.
OPENS = {
    "private key", "W&B key", "Kaggle key", "GitHub token", "GitLab token", "OAuth client secret", "Google refresh token", "OpenAI or Anthropic key",
    "Hugging Face token", "AWS key", "Slack token", "webhook", "Package index token", "SendGrid key", "Stripe key", "Azure key", "Databricks token",
    "service token",
}  # fmt: skip


@pytest.mark.parametrize(("line", "secret", "kind"), SHAPES)
def test_each_shape_is_known_by_itself_from_end_to_end(line: str, secret: str, kind: str) -> None:
    text = line.format(secret)
    start = text.index(secret)
    assert [tuple(s) for s in secrets_in(text)] == [(start, start + len(secret), kind)]
    assert [tuple(s) for s in secrets_in(text + "\n" + "z" * 1000)] == [(start, start + len(secret), kind)]
    if not secret.startswith(ROW):
        assert {s.kind for s in keys_in(text)} == {kind} & OPENS


@pytest.mark.parametrize(
    ("line", "value"),
    [
        # of a password any literal counts; without quotes one of small letters beside `=` may be a variable
        ('db_password = "hunter"', "hunter"),
        ('password = "correct horse battery"', "correct horse battery"),
        ("password='abc'", "abc"),
        ("{'password': 'hunter', 'b': 1}", "hunter"),
        (r'"{\"password\": \"hunter\"}"', "hunter"),
        ('("password", "hunter22")', "hunter22"),
        ('password => "hunter22"', "hunter22"),
        ('if password == "hunter22":', "hunter22"),
        ('monkeyPassword = "hunter"', "hunter"),
        ("DB_PASS=hunter", "hunter"),
        ("DB_PASSWORD=12345", "12345"),
        ("db_password=hunter2", "hunter2"),
        ("db_password: hunter2", "hunter2"),
        ("db_password: correct-horse", "correct-horse"),
        ("DB_PASSWORD := hunter22", "hunter22"),  # make
        ("DB_PASSWORD ?= hunter22", "hunter22"),
        ("SECRET=plain", "plain"),
        ("TOKEN=plain", "plain"),
        ("CREDENTIALS=plain", "plain"),
        ('db_pwd = "hunter"', "hunter"),
        ('my_passphrase = "hunter"', "hunter"),
        ('mypassphrase = "hunter"', "hunter"),
        ("passwd: 'hunter'", "hunter"),
        ("\u0130 password: 'hunter'", "hunter"),  # a letter that is two in small
        # of names that mean other things too, what has letters and digits
        ('token = "abcdef1234"', "abcdef1234"),
        ('"token": "a1b2c3d4e5",', "a1b2c3d4e5"),
        ('usertoken = "abcdef12345"', "abcdef12345"),
        ('secret = "Abc123de"', "Abc123de"),
        ('auth = "abcdef1234567890"', "abcdef1234567890"),
        ('key = "abcdef1234567890"', "abcdef1234567890"),
        ('dbKey = "a1b2c3d4e5f6a7b8"', "a1b2c3d4e5f6a7b8"),
        ("KEY=a1b2c3d4e5f6a7b8", "a1b2c3d4e5f6a7b8"),
        ('api_key = "a1b2c3d4"', "a1b2c3d4"),
        ('api_key = "abcdefghijklmnopqrst"', "abcdefghijklmnopqrst"),
        ("API_KEY=plain1234", "plain1234"),
        ("api_key: a1b2c3d4e5f6", "a1b2c3d4e5f6"),
        ("access_key: a1b2c3d4", "a1b2c3d4"),
        ("secret_key: my-model-name-1", "my-model-name-1"),
        ('private_key_id: "a1b2c3d4e5f6a7b8"', "a1b2c3d4e5f6a7b8"),
        ('api_key = "9f.a1b2c3.zip"', "9f.a1b2c3.zip"),
        # addresses
        ('dsn = "abcd1234efgh5678"', "abcd1234efgh5678"),
        ('conn_str = "Server=db;Uid=ada;Code=a1b2c3d4"', "Server=db;Uid=ada;Code=a1b2c3d4"),
        ('webhook_url: "https://chat.example.com/hooks/a1b2c3d4e5f6"', "https://chat.example.com/hooks/a1b2c3d4e5f6"),
        ('webhook: "https://chat.example.com/hooks?a1b2c3d4"', "https://chat.example.com/hooks?a1b2c3d4"),
        # what is given to a command
        ("run --password hunter", "hunter"),
        ("run --db-password=hunter", "hunter"),
        ("run -pwd hunter", "hunter"),
        ("run --token a1b2c3d4", "a1b2c3d4"),
        ("run --api-key=abcdefg1", "abcdefg1"),
        # by its letters alone
        (f"f('{of(40)}')", of(40)),
        (f"'{of(32)}'", of(32)),
    ],
)  # fmt: skip
def test_a_literal_beside_a_name_is_a_secret(line: str, value: str) -> None:
    start = line.index(value)
    assert [tuple(s) for s in secrets_in(line)] == [(start, start + len(value), "assigned secret")]
    assert keys_in(line) == []


@pytest.mark.parametrize(
    "line",
    [
        "db_password=hunter",
        "db_password = hunter",
        "db_password: hunter",
        "db_password: 12.5",
        "db_password = 12345",
        "db_password = 1e-5",
        "password == hunter22",
        "if token == a1b2c3d4e5f6:",
        'password = "my-settings.toml"',
        "password, hunter22",
        '("password", "hunter")',
        "password='ab'",
        'password = "./secret_file"',
        'password = "~/x/pw"',
        'password = "settings.toml"',
        "password = MY_DB_PASSWORD",
        'API_KEY = "MY_API_KEY_NAME"',
        'token = "abcdef123"',
        'token = "abcdefghijklmnopqrst"',
        "token: my-model-name-12",
        'token = "projects/12/secrets/a1b2c3d4e5"',
        'secret = "my-secret-1"',
        'auth = "abcdef123456789"',
        'key = "abcdef123456789"',
        'key = "two words 1 two words 1"',
        'api_key = "abcdefghijklmnopqrs"',
        'api_key = "a1b2c3d"',
        'api_key = "a1b2c3d4 e5"',
        'api_key: "three small words together here"',
        "api_key: a1b2c3d4",
        "api_key: my-model-name-1",
        "API_KEY=plainer",
        "KEY=plain",
        "API_TOKENS = 1024",
        'monkey = "a1b2c3d4e5f6a7b8"',
        'bypass = "hunter22"',
        "compass: hunter22",
        'cache_key = "a1b2c3d4e5f6a7b8"',
        'sha256_key = "a1b2c3d4e5f6a7b8"',
        'key_id = "a1b2c3d4e5f6a7b8"',
        'dsn = "host=localhost"',
        'dsn = "abc123ab"',
        'credentials = "abcdefghijklmnopqrstu"',
        "token, a1b2c3d4e5f6",
        "DB_PASSWORD = hunter",
        "run TOKEN=changeme\\",
        'webhook_url: "https://chat.example1.com/hooks/team"',
        'auth = "https://auth.example.com/login1234/a1b2c3d4"',
        "run --token hunter",
        "run --password $PW",
        "run --password changeme",
        "run --password settings.password",
        "name: DB\nvalue: a1b2c3d4",
        f"integrity = '{of(40)}'",
        f"'sha512-{of(60)}'",
        "'EfficientNetB0ForImageClassification'",
    ],
)
def test_what_stands_beside_a_name_may_be_anything_else(line: str) -> None:
    assert list(secrets_in(line)) == []


def test_of_secrets_that_overlap_one_is_made() -> None:
    text = "Authorization: 12345-AAAAabcdefg:" + of(110)
    assert [tuple(s) for s in secrets_in(text)] == [(15, len(text), "authorization header")]
    text = f"postgres://ada:ghp_{of(36)}@db.example.com/x"
    assert [(s.start, s.end) for s in secrets_in(text)] == [(15, 55)]
    assert [(s.start, s.end) for s in secrets_in(f"{text} --password hunter")][1:] == [(len(text) + 12, len(text) + 18)]
    assert [s.kind for s in secrets_in("password='abc' api_key='a1b2c3d4'")] == ["assigned secret"] * 2


@pytest.mark.parametrize("name", ["PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE"])
def test_what_is_public_is_no_secret(name: str) -> None:
    block = f"-----BEGIN {name}-----\nabc\n-----END {name}-----"
    assert list(secrets_in(block)) == []


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (f"DB_PASSWORD={of(30)}", ["secret"]),
        (f"client_secret: '{of(30)}'", ["secret"]),
        (f'"api-key": "{of(64, SMALL)}"', ["secret"]),
        (f"AWS_SECRET={of(40)}", ["AWS key"]),
        (f"api_key='{of(30)}' token='{of(30, 'zY9xW8vU7tS6rQ5pO4nM3')}'", ["secret", "secret"]),
        (f"api_key='{of(19)}'", []),  # short
        (f"api_key='{'a1B2' * 8}'", []),  # the same again and again
        ("api_key='theNameOfOurFavouriteModelNumber2026'", []),
        (f"api_key='{of(30)} {of(4)}'", []),
        (f"api_key='{of(30)}!'", []),
        (f"publishable_api_key='{of(30)}'", []),
        (f"api_key_path='{of(30)}'", []),
        (f"sort_by='{of(30)}'", []),
        (f"dataset_key='{of(30)}'", []),
        (rf'"{{\"api_key\": \"{of(30)}\"}}"', ["secret"]),
        (f"token='gh{'p'}_{of(36)}'", []),  # known by its shape
        (f"cache_key='{of(30)}'", []),
    ],
)
def test_values_that_are_random_beside_the_name_of_a_secret(text: str, want: list[str]) -> None:
    found = assigned_in(text)
    assert [s.kind for s in found] == want
    for secret in found:
        assert text[secret.start : secret.end].isalnum()


def test_what_is_random() -> None:
    assert random_key(of(20))
    assert random_key(of(150))
    assert not random_key(of(151))
    assert random_key(of(32, SMALL))
    assert not random_key(of(31, SMALL))  # small letters and digits alone
    assert not random_key("0011" * 8)
    assert not random_key(of(40, "ABCDEFGHIJ23456789"))


def test_an_excerpt_ends_each_line_at_a_secret() -> None:
    assert clip(["a = 1", "password = 'hunter22' # x", "b = 2"]) == "a = 1\npassword = '\nb = 2"
    block = f"-----BEGIN PRIVATE KEY-----\n{ROW}\n-----END PRIVATE KEY-----".split("\n")
    assert clip([*block, "after"], "before") == "\n\n\nafter"
    assert clip(block[1:], block[0]) == "\n"
    assert clip(["x" * 300, "y"]) == "x" * 240 + "\ny"
    assert clip(["password = 'hunter22'"], width=5) == "passw"
    assert clip([f"    value: {HEX}"], "  - name: SOME_API_KEY") == "    value: "


@pytest.mark.parametrize(
    ("path", "want"),
    [
        (".env", True), ("a/.env.local", True), ("prod.env", True), ("a.pem", True), ("id_rsa", True), ("service-account-1.json", True),
        ("my_credentials.yaml", True), ("aws_key.json", True), ("client_secret_1.json", True), (".pypirc", True), ("token.json", True),
        (".docker/config.json", True), ("templates/a.pem", True), ("a/known_hosts", True), ("a/SECRETS.TOML", True),
        (".env.example", False), ("example.pem", False), ("secrets.toml.sample", False), ("docs/credentials.md", False), ("src/key.py", False),
        ("keyboard.json", False), ("docker/config.json", False), ("tokens.py", False),
    ],
)  # fmt: skip
def test_files_that_hold_keys_by_their_name(path: str, want: bool) -> None:
    assert is_key_file(path) is want
