"""Secrets in clear text are found, placeholders are not."""

import pytest

from auditor.redact import secret_at

HEX = "0badcafe" * 5


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
