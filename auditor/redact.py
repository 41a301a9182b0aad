"""Secrets in clear text: found in order not to be shown.

What counts is data: shapes that services give their keys (`_SHAPES`), and names beside which a literal value is a secret
(`_is_value`). A secret has an extent: a key from BEGIN to END, also inside a JSON string; a file that is a key as a whole is
known by its name. Placeholders (`${...}`, `your_key_here`, `<...>`), references to variables and hashes are none.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from auditor.lazy import compile_later
from auditor.linear import Words


class Secret(NamedTuple):
    """Where a secret stands in a text, and what it is."""

    start: int
    end: int
    kind: str


# (kind, letters of which a text must have one, shape, what else it must have). The group `s` is the secret, else the whole. All are linear: a literal
# to begin with, and no run beside another that takes the same letters.
_SHAPES: tuple[tuple[str, ...], ...] = (
    ("private key", "-----begin", r"-----BEGIN (?:[A-Z0-9]+ ){0,4}(?:KEY|BLOCK)(?: BLOCK)?-----(?:(?!-----END)[\s\S]){0,20000}(?:-----END [A-Z0-9 ]{0,40}-----)?"),
    ("private key", "age-secret", r"AGE-SECRET-KEY-1[A-Z0-9]{20,}"),
    ("W&B key", "wandb_v1_", r"wandb_v1_[A-Za-z0-9_]{20,}"),
    ("W&B key", "wandb|weights", r"(?i:wandb|weights & biases)[^\n@]{0,100}?(?:\n[^\n@]{0,100}?)?(?<![0-9A-Za-z@:/-])(?P<s>[0-9a-f]{40})(?![0-9a-f])", "[0-9a-f]{40}"),
    ("W&B key", "wandb", r"(?i:key|token|login|secret|password)[\"'\])]{0,3}\s{0,3}[:=,(]?\s{0,3}[\"']?(?P<s>(?<![0-9A-Za-z@:/-])[0-9a-f]{40})(?![0-9a-f])", "[0-9a-f]{40}"),
    ("Kaggle key", "kaggle", r"(?i:kaggle)[\w.\"'\[\]-]{0,20}?(?i:key|token)[\"'\])]{0,3}\s{0,3}[:=,]\s{0,3}[\"']?(?P<s>[0-9a-f]{32})(?![0-9a-f])", "[0-9a-f]{32}"),
    ("Kaggle key", "username", r"(?i:\"username)\"\s{0,3}:\s{0,3}\"[\w.-]{1,60}\"\s{0,3},\s{0,3}\"key\"\s{0,3}:\s{0,3}\"(?P<s>[0-9a-f]{32})\"", "[0-9a-f]{32}"),
    ("GitHub token", "ghp_|gho_|ghu_|ghs_|ghr_", r"(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{16,}"),
    ("GitHub token", "github_pat_", r"github_pat_[A-Za-z0-9_]{20,}"),
    ("GitLab token", "glpat-|gldt-|glrt-|glcbt-|glptt-|glft-|glsoat-|glimt-|glagent-|gloas-", r"(?<![A-Za-z0-9])gl(?:pat|dt|rt|cbt|ptt|ft|soat|imt|agent|oas)-[A-Za-z0-9_-]{15,}"),
    ("GitLab token", "gr1348941", r"GR1348941[A-Za-z0-9_-]{15,}"),
    ("OAuth client secret", "gocspx-", r"GOCSPX-[A-Za-z0-9_-]{10,}"),
    ("Google API key", "aiza", r"(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{30,}"),
    ("Google token", "ya29.", r"ya29\.[A-Za-z0-9_.-]{16,}"),
    ("Google refresh token", "1//0", r"(?<![A-Za-z0-9])1//0[A-Za-z0-9_-]{16,}"),
    ("OpenAI or Anthropic key", "sk-", r"(?<![A-Za-z0-9-])sk-(?=[A-Za-z_-]{0,200}[0-9])[A-Za-z0-9_-]{20,}"),
    ("Hugging Face token", "hf_|api_org_", r"(?<![A-Za-z0-9])(?:hf_|api_org_)(?=[A-Za-z]{0,200}[0-9A-Z])[A-Za-z0-9]{20,}"),
    ("AWS key", "akia|asia|abia|acca|aroa|aida", r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    ("Slack token", "xoxa-|xoxb-|xoxe-|xoxo-|xoxp-|xoxr-|xoxs-", r"xox[abeoprs]-[A-Za-z0-9-]{10,}"),
    ("Slack token", "xapp-", r"xapp-\d-[A-Za-z0-9-]{10,}"),
    ("webhook", "hooks.slack.com", r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<s>[A-Za-z0-9/_-]{10,})"),
    ("webhook", "api/webhooks/", r"discord(?:app)?\.com/api/webhooks/(?P<s>\d{5,}/[A-Za-z0-9_-]{10,})"),
    ("webhook", "webhook.office.com", r"webhook\.office\.com/(?P<s>webhookb2/[A-Za-z0-9@/_-]{20,})"),
    ("bot token", ":a", r"(?<!\d)\d{8,10}:AA[A-Za-z0-9_-]{30,}"),
    ("bot token", "m|n|o", r"(?<![A-Za-z0-9])[MNO][A-Za-z\d_-]{23,27}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27,}"),
    ("JSON web token", "eyj", r"(?<![A-Za-z0-9])(?:sk\.|pk\.)?eyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]{6,}){1,2}={0,2}"),
    ("JSON web token", "eyj", r"(?<![A-Za-z0-9])eyJ[A-Za-z0-9+/_-]{40,}={0,2}"),
    ("Package index token", "pypi-", r"(?<![A-Za-z0-9-])pypi-(?=[a-z-]{0,200}[A-Z0-9])[A-Za-z0-9_-]{24,}"),
    ("Package index token", "npm_", r"(?<![A-Za-z0-9])npm_[A-Za-z0-9]{30,}"),
    ("SendGrid key", "sg.", r"(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    ("Stripe key", "_live_|_test_", r"(?<![A-Za-z0-9])(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}"),
    ("Stripe key", "whsec_", r"whsec_[A-Za-z0-9+/=]{16,}"),
    ("Azure key", "accountkey=|sharedaccesskey=|sharedsecret=", r"(?i:AccountKey|SharedAccessKey|SharedSecret)=(?P<s>[A-Za-z0-9+/=]{16,})"),
    ("Azure key", "8q~", r"[A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{31,34}"),
    ("Azure key", "sig=|signature=", r"[?&;](?:sig|SharedAccessSignature)=(?P<s>[A-Za-z0-9%+/=_-]{16,})"),
    ("Databricks token", "dapi", r"(?<![A-Za-z0-9])dapi[0-9a-f]{32}"),
    ("service token", "dop_v1_|doo_v1_|dor_v1_|dckr_|shpat_|shpca_|shppa_|shpss_|sbp_|lin_api_|secret_|ntn_|glc_|glsa_|pscale_|r8_|gsk_|pcsk_|lsv2_|kgat_|sntrys_|sntryu_|pnb_|pnu_|figd_|ac_|fo1_|rnd_", r"(?<![A-Za-z0-9])(?:do[opr]_v1_[0-9a-f]{32,}|dckr_[po]at_[A-Za-z0-9_-]{20,}|shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{20,}|sbp_[0-9a-f]{30,}"
     r"|lin_api_[A-Za-z0-9]{30,}|secret_[A-Za-z0-9]{40,}|ntn_[A-Za-z0-9]{40,}|gl(?:c|sa)_[A-Za-z0-9_+/=]{25,}|pscale_(?:tkn|pw|oauth)_[\w.-]{20,}|r8_[A-Za-z0-9]{30,}"
     r"|gsk_[A-Za-z0-9]{40,}|pcsk_[A-Za-z0-9_]{30,}|lsv2_(?:pt|sk)_[A-Za-z0-9_]{30,}|KGAT_[A-Za-z0-9]{20,}|sntry[su]_[A-Za-z0-9_+/=.-]{30,}|pn[ub]_[A-Za-z0-9]{30,}"
     r"|figd_[A-Za-z0-9_-]{30,}|AC_[A-Za-z0-9]{30,}|fo1_[A-Za-z0-9_-]{30,}|rnd_[A-Za-z0-9]{25,})"),
    ("service token", "nrak-|hrku-|pmak-|sq0|pul-|pplx-|xai-|tvly-|key-|-us|ak-|as-", r"(?<![A-Za-z0-9-])(?:NRAK-[A-Z0-9]{20,}|HRKU-[A-Za-z0-9_-]{30,}|PMAK-[A-Za-z0-9-]{40,}|sq0(?:atp|csp)-[A-Za-z0-9_-]{20,}|pul-[0-9a-f]{40}"
     r"|pplx-[A-Za-z0-9]{30,}|xai-[A-Za-z0-9]{40,}|tvly-[A-Za-z0-9-]{20,}|key-[0-9a-f]{32}|[0-9a-f]{32}-us\d{1,2}|(?:ak|as)-[A-Za-z0-9]{22})(?![A-Za-z0-9])"),
    ("service token", "hvs.|hvb.|hvr.|.atlasv1.|sl.|eaa", r"(?<![A-Za-z0-9])(?:hv[sbr]\.[A-Za-z0-9_-]{20,}|[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{20,}|sl\.[A-Za-z0-9_-]{60,}|EAA[A-Za-z0-9]{60,})"),
    ("Twilio key", "sk|ac", r"(?<![A-Za-z0-9])(?:SK|AC)[0-9a-f]{32}(?![A-Za-z0-9])"),
    ("Firebase key", "aaaa", r"(?<![A-Za-z0-9])AAAA[A-Za-z0-9_-]{7}:[A-Za-z0-9_-]{100,}"),
    ("Sentry address", "ingest", r"https?://(?P<s>[0-9a-f]{32})@[a-z0-9.-]{0,40}ingest", "[0-9a-f]{32}"),
    ("password in a URL", "://", r"://[^/\s:@${}<>\"']{0,60}:(?P<s>[^/\s:@${}<>\"']{3,})@"),
    ("authorization header", "bearer", r"(?i:\bbearer)(?:\s|%20)+(?P<s>(?=[A-Za-z._~+/-]{0,300}[0-9=])[A-Za-z0-9._~+/-]{12,}={0,2})"),
    ("authorization header", "basic", r"(?i:\bbasic)(?:\s|%20)+(?P<s>[A-Za-z0-9+/]{11,}={1,2}|(?=[A-Za-z+/]{0,300}[0-9])(?=[a-z0-9+/]{0,300}[A-Z])[A-Za-z0-9+/]{12,})"),
    ("authorization header", "authorization", r"(?i:authorization)[\"']?\s{0,3}[:=,]\s{0,3}[\"']?(?:(?i:token|apikey|key)\s+)?(?P<s>(?=[A-Za-z._~+/-]{0,300}[0-9])[A-Za-z0-9._~+/-]{16,}={0,2})"),
    ("login", "password", r"(?i:\blogin)\s+[^\s\"'$]{1,80}\s+(?i:password)\s+(?P<s>[^\s\"'$\\<]{3,})"),
    ("login", "login ", r"(?i:\blogin)\b[^\n]{0,80}\s(?:-p|--password|--token|--key|--relogin)[ =][\"']?(?P<s>[^\s\"'$<{-][^\s\"'<]{3,})"),
    ("login", " -u| --user", r"\s(?:-u|--user)[ =][\"']?[^\s:\"'$]{1,60}:(?P<s>[^\s\"'$@/<]{3,})"),
    ("login", "auth|login|credential|conn|userpass", r"(?i:\b(?:\w{0,24}_)?(?:auth|basicauth|digestauth|httpbasicauth|httpdigestauth|login|credentials?|conn(?:ection)?|userpass))\d{0,2}\s{0,3}(?:=\s{0,3})?\(\s{0,3}\\?[\"'][^\"'\s\\]{1,60}\\?[\"']\s{0,3},\s{0,3}\\?[\"'](?P<s>(?=[^\"'\s\d]{0,60}\d)(?=[^\"'\sA-Za-z]{0,60}[A-Za-z])[^\"'\s$<{/\\]{6,60})\\?[\"']\s{0,3},?\s{0,3}\)"),
    ("login", "password|passphrase|passwd", r"(?i:\b(?:password|passphrase|passwd))[ \t]{1,3}(?i:is|was)[ \t:]{1,3}[\"'`]?(?P<s>(?=[^\s\"'`]{0,60}[A-Za-z]{1,20}\d{1,10}[A-Za-z])(?=[^\s\"'`A-Z]{0,60}[A-Z])[^\s\"'`$<{,;]{7,60})"),
    ("login", "sshpass", r"\bsshpass\s+-p\s*[\"']?(?P<s>[^\s\"'$<]{3,})"),
    ("assigned secret", "?|&", r"[?&](?:token|key|api_?key|access_token|auth|password|signature|X-Amz-(?:Signature|Credential|Security-Token))=(?P<s>(?=[A-Za-z_.%-]{0,300}[0-9])[^&\s\"'`<>${}()\[\]]{10,})"),
)  # fmt: skip
_RULES = tuple(
    (kind, frozenset(cues.split("|")), compile_later(shape), frozenset(runs)) for kind, cues, shape, *runs in _SHAPES
)
_CUES = Words((cue for _, cues, _, _ in _RULES for cue in cues), {run for _, _, _, runs in _RULES for run in runs})
# Kinds that nobody puts into a repository on purpose: their shape alone says what they open. Of the others, a key of a web
# page is public, and a password or a token beside a name may be a sample.
_OPENS = frozenset(
    [
        "private key",
        "W&B key",
        "Kaggle key",
        "GitHub token",
        "GitLab token",
        "OAuth client secret",
        "Google refresh token",
        "OpenAI or Anthropic key",
        "Hugging Face token",
        "AWS key",
        "Slack token",
        "webhook",
        "Package index token",
        "SendGrid key",
        "Stripe key",
        "Azure key",
        "Databricks token",
        "service token",
    ]
)
_PUBLIC = compile_later(r"-----BEGIN (?:[A-Z0-9]+ ){0,3}(?:CERTIFICATE|PUBLIC KEY)")
_BODY = compile_later(
    r"(?m)^[ \t]*(?=[A-Za-z+/]{0,80}[0-9+/])(?=[a-z0-9+/]{0,80}[A-Z])(?=[A-Z0-9+/]{0,80}[a-z])[A-Za-z0-9+/]{60,76}={0,2}[ \t]*$"
)
_BLOB = compile_later(
    r"(?P<q>[\"'])(?P<s>(?=[A-Za-z+/_-]{0,120}[0-9])(?=[a-z0-9+/_-]{0,120}[A-Z])(?=[A-Z0-9+/_-]{0,120}[a-z])[A-Za-z0-9+/_-]{32,120}={0,2})(?P=q)"
)
# A name whose last word is one of these has a secret for its literal (`DB_PASSWORD`, `wandbApiKey`, `private_key_id`).
_WORDS = (
    "pass",
    "pwd",
    "pw",
    "secret",
    "token",
    "credential",
    "key",
    "dsn",
    "conn",
    "webhook",
    "auth",
)
_AFTER = compile_later(
    r"(?i)(?P<word>pass(?:w(?:or)?d|phrase|wd)?|pwd|pw|secret(?:[_-]?base)?|token|credentials?|key(?:[_-]?id|[_-]?base)?|dsn|conn(?:ection)?[_-]?str(?:ing)?|webhook(?:[_-]?url)?|auth)"
    r"\d{0,3}\\?[\"'\]]{0,2}\s{0,4}(?P<sign>[:?]=|=>|==|=|:|,)\s{0,4}"
    r"(?:\\?(?P<q>[\"'`])(?P<quoted>[^\"'`\n]{3,400}?)\\?(?P=q)|(?P<bare>[^\s\"'`,;<>(){}\[\]#]{3,300}))"
)
_BEFORE = compile_later(r"[A-Za-z0-9_.-]*$")
_KEYS = compile_later(
    r"(?i)(?:api|access|auth|account|private|secret|signing|encryption|storage|service|subscription|master|license|project|application|app|wandb|kaggle|openai|aws|gcp|azure)[_.-]?key"
)
_FLAG = compile_later(
    r"(?i)--?(?P<name>[a-z-]{0,20}(?P<word>password|passwd|pwd|token|api-?key|secret|access-?key))(?P<sign>[ =])[\"']?(?P<bare>[^\s\"'$<{(-][^\s\"'`<>]{3,300})"
)
_VALUE = compile_later(
    r"""(?im)^\s{0,40}-?\s{0,10}(?:-\s{0,4})?["']?name["']?\s*:\s*["']?[^\n"']{0,60}(?:key|secret|token|password)["']?,?\s*\n\s*["']?value["']?\s*:\s*["']?(?P<s>[A-Za-z0-9/+_=.\-]{8,})"""
)
_PLACEHOLDER = compile_later(
    r"(?i)[<\[{(%*].*|\$\{?\{?[\w. -]*\}{0,2}|\$\(.*|.*\$\{\{.*|.*(?:\b|_)your(?:\b|[_-]).*|x{3,}.*|.*\*{3,}.*|\.{3,}.*|(?:change|replace|fill|insert|enter|put|add)[_ -]?(?:me|in|this|it|here|with)?\b[^0-9]*"
    r"|[^0-9]*(?:example|placeholder|dummy|redacted|todo)[^0-9]*|none|null|nil|true|false|undefined|empty|optional|required|unset|env|secrets?|str(?:ing)?|int|bytes|bool|secretstr|any|auto|default|inherit|password|passwd|token|key"
)
_REFERENCE = compile_later(
    r"[A-Za-z_][A-Za-z0-9_]*(?:(?:\.|->|::)[A-Za-z_][A-Za-z0-9_]*)+|(?:os|secrets|vars|env|config|settings|self|args|cfg|process|steps|github|inputs|st)[.\[].*|r?f?\$.*"
)
_HASHES = compile_later(
    r"(?i)(?:sha\d*|md5|hash|digest|checksum|etag|rev|commit|integrity|fingerprint|uuid|cache|primary|foreign|sort|dict|state|public|partition|row|index|column|group|feature)[_-]?key$|^(?:cache|restore|primary|sort|group|foreign|public|map|dict|hot|arrow)"
)
_WEAK = frozenset(["token", "key", "auth", "credential", "credentials", "secret"])


def secrets_in(text: str) -> Sequence[Secret]:
    """The secrets of a text, in its order; none overlaps another."""
    return _of_excerpt(text) if len(text) < 1000 else _apart(text)


@lru_cache(maxsize=2000)
def _of_excerpt(text: str) -> tuple[Secret, ...]:
    """The same of what is cited, which many probes and checks cite."""
    return tuple(_apart(text))


def _apart(text: str) -> list[Secret]:
    found = sorted(_found(text), key=lambda s: (s.start, -s.end))
    kept: list[Secret] = []
    for secret in found:
        if kept and secret.start < kept[-1].end:
            if secret.end > kept[-1].end:
                kept[-1] = Secret(kept[-1].start, secret.end, kept[-1].kind)
            continue
        kept.append(secret)
    return kept


def keys_in(text: str) -> list[Secret]:
    """The secrets of a text that are known by the shape that a service gives its keys, whatever stands beside them."""
    return list(_shaped(text, _small(text), _OPENS))


def _small(text: str) -> str:
    low = text.lower()
    if len(low) != len(text):  # a letter that is two in small
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return low


def _found(text: str) -> Iterator[Secret]:
    low = _small(text)
    yield from _shaped(text, low)
    yield from _named(text, low)


def _shaped(text: str, low: str, kinds: frozenset[str] | None = None) -> Iterator[Secret]:
    there = _CUES.among(low)
    for kind, cues, rule, runs in _RULES:
        if (kinds is not None and kind not in kinds) or cues.isdisjoint(there) or not runs <= there:
            continue
        for match in rule.finditer(text):
            if kind == "private key" and _PUBLIC.match(match[0]):
                continue
            group = "s" if "s" in match.re.groupindex else 0
            end = match.end(group)
            if kind == "private key" and match[0].startswith("-----BEGIN") and "-----END" not in match[0]:
                end = match.start() + len(_unended(match[0]))
            yield Secret(match.start(group), end, kind)


def _named(text: str, low: str) -> Iterator[Secret]:
    """What stands beside a name, and what is a key by the look of it."""
    if len(text) >= 60:
        for match in _BODY.finditer(text):
            yield Secret(match.start(), match.end(), "private key")
    for match in _BLOB.finditer(text) if len(text) >= 34 else ():
        if not re.search(
            r"(?i)sha\d{1,3}-|integrity|digest|hash", text[max(match.start() - 40, 0) : match.start() + 12]
        ) and _random(match["s"]):
            yield Secret(match.start("s"), match.end("s"), "assigned secret")
    named = any(word in low for word in _WORDS)
    for beside, group in _beside(text, low):
        yield Secret(beside.start(group), beside.end(group), "assigned secret")
    if not named:
        return
    for match in _FLAG.finditer(text) if "-" in low else ():
        if (
            not _PLACEHOLDER.fullmatch(match["bare"])
            and not _REFERENCE.fullmatch(match["bare"])
            and (match["word"].lower().startswith(("pass", "pwd")) or _mixed(match["bare"]))
        ):
            yield Secret(match.start("bare"), match.end("bare"), "assigned secret")
    for match in _VALUE.finditer(text) if "value" in low and "\n" in text else ():
        if re.search(r"\d", match["s"]):
            yield Secret(match.start("s"), match.end("s"), "assigned secret")


def _beside(text: str, low: str) -> Iterator[tuple[re.Match[str], str]]:
    """The values that stand beside a name of `_WORDS`: each match with the group that is the value."""
    for word in (w for w in _WORDS if w in low):
        at = low.find(word)
        while at >= 0:
            if (beside := _AFTER.match(text, at)) is not None:
                group = "quoted" if beside["quoted"] is not None else "bare"
                if _is_value(beside, group, text):
                    yield beside, group
            at = low.find(word, at + len(word))


# A name that says that its value opens something, and names that say otherwise.
_SECRET_NAME = compile_later(
    r"(?i)secret|token|passw(?:or)?d|passphrase|pwd|(?:api|access|auth|account|signing|encryption|private)[_.-]?key"
)
_NO_SECRET_NAME = compile_later(
    r"(?i)csrf|public|publish|anon|nonce|page|cursor|continuation|hash|digest|sha\d|salt|_id$|secret_?name|file$|path$"
)


def assigned_in(text: str) -> list[Secret]:
    """Values that a secret-named key is given and that are random by their letters, whoever's key it is: a long mix of small and
    capital letters and digits, or hexadecimal digits. What has a shape of its own is known by that, or public."""
    low, found = _small(text), list[Secret]()
    if not any(word in low for word in _WORDS):
        return found
    shaped: list[Secret] | None = None
    for beside, group in _beside(text, low):
        start, value = beside.start(group), beside[group].strip("\"'\\")
        head = text[max(beside.start() - 60, 0) : beside.start()]
        name = head[_BEFORE.search(head).start() :] + beside["word"]  # type: ignore[union-attr]
        if not _SECRET_NAME.search(name) or _NO_SECRET_NAME.search(name) or not random_key(value):
            continue
        shaped = list(_shaped(text, low)) if shaped is None else shaped
        if not any(s.start < start + len(value) and s.end > start for s in shaped):
            kind = "AWS key" if "aws" in name.lower() else "secret"
            found.append(Secret(start, start + len(value), kind))
    return found


def random_key(value: str) -> bool:
    """Whether a value is a key by its letters, as scanners take it: long, of no words, its letters spread evenly."""
    if not 20 <= len(value) <= 150 or not re.fullmatch(r"[A-Za-z0-9+/=_~.-]+", value):
        return False
    bits = entropy(value)
    if re.fullmatch(r"[0-9a-f]{32,128}", value):
        return bits >= 3.2
    mixed = all(re.search(kind, value) for kind in ("[a-z]", "[A-Z]", r"\d"))
    kinds = re.findall(r"[a-z]+|[A-Z]+|\d+", value)  # small, capital and digits alternate more often than in words
    return mixed and bits >= 3.8 and len(kinds) >= 0.48 * len(value)


def entropy(value: str) -> float:
    """The entropy of a value's letters, in bits."""
    count = Counter(value)
    return -sum(n / len(value) * math.log2(n / len(value)) for n in count.values())


def _unended(block: str) -> str:
    """A key without its end: as far as its lines look like one."""
    rows = block.split("\n")
    kept = rows[:1]
    for row in rows[1:]:
        if not re.fullmatch(
            r"\s*[\"']?[A-Za-z0-9+/=\\:., -]{16,200}[\"',]*\s*|\s*(?:Proc-Type|DEK-Info|Comment|Version)\s*:.{0,100}|",
            row,
        ) or (" " in row.strip() and ":" not in row):
            break
        kept.append(row)
    return "\n".join(kept).rstrip()


def _mixed(value: str) -> bool:
    return len(value) >= 8 and bool(re.search(r"\d", value)) and bool(re.search(r"[A-Za-z]", value))


def _random(value: str) -> bool:
    """Whether letters and digits alternate as in no word: a name such as `EfficientNetB0Classifier` does not."""
    kinds = re.findall(r"[a-z]+|[A-Z]+|\d+", value)
    return len(kinds) > len(value) / 3


def _is_value(match: re.Match[str], group: str, text: str) -> bool:
    """Whether what stands beside a name is a secret: a literal, and for names that mean other things too, one that looks it."""
    value, word, sign = match[group], match["word"].lower(), match["sign"]
    plain = value.rstrip("\\")
    if (
        len(plain) < 3
        or _PLACEHOLDER.fullmatch(plain)
        or _REFERENCE.fullmatch(plain)
        or (sign in ("==", ",") and group == "bare")
    ):
        return False
    head = text[max(match.start() - 60, 0) : match.start()]
    before = head[_BEFORE.search(head).start() :]  # type: ignore[union-attr]
    name = before + match["word"]
    whole = not before or not before[-1].isalpha() or (match["word"][0].isupper() and not match["word"].isupper())
    if not whole and word not in ("password", "passwd", "passphrase", "secret", "token") and not _KEYS.search(name):
        return False  # `monkey`, `bypass`
    if word == "pw" and not (_mixed(plain) and not re.search(r"\s", plain)):
        return False
    strong = word.startswith(("pass", "pwd", "pw"))
    if sign == "," and not _mixed(plain):
        return False
    keyed = bool(_KEYS.search(name))
    if word in ("key", "auth") and not keyed and not (_mixed(plain) and len(plain) >= 16):
        return False
    if _HASHES.search(name) or re.fullmatch(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|\d{1,3}(?:\.\d+)?", plain):
        return False
    if re.fullmatch(r"https?://[^\s:@?]*", plain):  # an address tells nothing, but the path of a webhook opens it
        return word.startswith("webhook") and any(_mixed(part) for part in plain.split("/")[3:])
    if word.startswith("key") and not keyed and word != "key":
        return False
    if word == "dsn" or word.startswith(("conn", "webhook")):
        return _mixed(plain) and len(plain) >= 16
    if re.fullmatch(r"[\w.-]*\.[a-z]{1,5}|[./~][\w./-]+|projects/[\w/.-]+", plain) and not re.search(
        r"[A-Za-z]\d[A-Za-z]\d", plain
    ):
        return False  # the path of a file, or a reference to a store of secrets
    if group == "bare":
        env = re.fullmatch(r"[A-Z][A-Z0-9_]*", name) and sign == "=" and not text[match.start("sign") - 1].isspace()
        if env:
            return strong or word in ("secret", "token", "credentials") or _mixed(plain)
        if sign == "=" and strong:
            return bool(re.search(r"\d", plain)) and not re.fullmatch(r"\d+(?:\.\d*)?(?:e-?\d+)?", plain)
        if strong and sign in (":", ":=", "?="):  # the last two are of make: no variable stands there
            return bool(re.search(r"[\d\W]", plain)) and not re.fullmatch(r"[\d.]+", plain)
        if keyed and re.search(r"(?i)secret|private|access", name):
            return _mixed(plain)
        return _mixed(plain) and len(plain) >= 12 and not re.fullmatch(r"[a-z]+(?:[-_][a-z0-9]+)+", plain)
    if strong:
        return True
    if word in _WEAK and not keyed:  # the names of tokens and of stored secrets are words
        return (
            _mixed(plain)
            and len(plain) >= (8 if word != "token" else 10)
            and not re.search(r"\s", plain)
            and not re.fullmatch(r"[a-z]+(?:[-_/.][a-z0-9]+)+", plain)
        )
    return (_mixed(plain) or len(plain) >= 20) and not re.search(r"\s", plain)


def secret_at(line: str, before: str = "") -> tuple[int, str] | None:
    """Where in `line` a secret starts and what kind it is; `before` is the line above it."""
    offset = len(before) + 1 if before else 0
    text = f"{before}\n{line}" if before else line
    for secret in secrets_in(text):
        if secret.end > offset:
            return max(secret.start - offset, 0), secret.kind
    return None


def clip(lines: list[str], before: str = "", width: int = 240) -> str:
    """The lines as an excerpt: each verbatim up to a secret or `width` characters, whichever comes first."""
    rows = [before, *lines] if before else list(lines)
    found = secrets_in("\n".join(rows))
    shown, at = [], 0
    for n, row in enumerate(rows):
        first = min((max(s.start - at, 0) for s in found if s.start <= at + len(row) and s.end > at), default=width)
        if n or not before:
            shown.append(row[: min(first, width)])
        at += len(row) + 1
    return "\n".join(shown)


_KEY_FILES = compile_later(
    r"(?i)(?:^|/)(?:\.env(?:\.(?!example|sample|template|dist)[\w.-]+)?|[\w.-]*\.env|[^/]*\.(?:pem|key|p12|pfx|jks|keystore|ppk|asc|gpg|kdbx|ovpn|keytab|der)|id_(?:rsa|dsa|ecdsa|ed25519)[^/]*"
    r"|[^/]*(?:service|svc)[-_]?account[^/]*\.json|[^/]*(?:credential|secret)s?[^/]*\.(?:json|ya?ml|toml|ini|txt|env)|(?:gcp|gcloud|google|sa|gcs|aws|azure|wandb|api)[-_]?(?:cloud[-_]?)?keys?(?:file)?[^/]*\.(?:json|txt)|[^/]*keyfile[^/]*\.json|client_secret[^/]*\.json|application_default_credentials\.json|adc\.json"
    r"|kaggle\.json|_?\.?netrc|\.pypirc|\.npmrc|\.git-credentials|\.dockercfg|\.docker/config\.json|\.aws/(?:credentials|config)|\.boto|\.s3cfg|\.pgpass|\.my\.cnf|\.htpasswd|htpasswd|secrets\.toml|\.dvc/config\.local|token\.(?:json|pickle|txt)|known_hosts|authorized_keys|wandb_key[^/]*|[^/]*api[-_]?key[^/]*\.(?:txt|json))$"
)


def is_key_file(path: str) -> bool:
    """Whether a file of this name is there to hold keys or passwords: nothing of it is shown, whatever it holds."""
    return bool(_KEY_FILES.search(path)) and not re.search(r"(?i)(?:example|sample|template)\b[^/]*$", path)
