"""Hostile texts, made by code: what a host, a report, a repository or a model could send to act on whoever reads an output."""

from collections.abc import Iterator

ESC, BEL, CSI, OSC = "\x1b", "\x07", "\x9b", "\x9d"

TERMINAL = (
    f"{ESC}[2J{ESC}[H", f"{ESC}[31mred{ESC}[0m", f"{ESC}]0;title{BEL}", f"{ESC}]52;c;ZXZpbA=={BEL}", f"{ESC}]8;;http://evil.example{ESC}\\x{ESC}]8;;{ESC}\\",
    f"{ESC}c", f"{ESC}[6n", f"{ESC}[?1049h", f"{ESC}P+q544e{ESC}\\", f"{ESC}_Gi=1{ESC}\\", f"{ESC}^x{ESC}\\", f"{ESC}[8m", f"{ESC}(0", f"{CSI}2J", f"{OSC}52;c;ZQ==\x9c",
    "\x90x\x9c", "\x85::error::x", "a\rb", "a\r\nb", "a\bb", "a\x00b", "a\x0bb", "a\x0cb", "\x7f", "\x0e\x0f", "\x1a", "\x1c\x1d\x1e\x1f", f"{ESC}]1337;File=:{BEL}",
)  # fmt: skip
UNSEEN = (
    "\u202egnp.exe", "\u2066a\u2069", "\u202aabc\u202c", "a\u200bb", "a\u200db", "a\u2060b", "a\ufeffb", "a\u00adb", "a\u180eb", "a\u115fb", "a\u3164b", "a\uffa0b", "a\u2028b", "a\u2029b",
    "a\u061cb", "a\ufff9b\ufffac\ufffb", "".join(chr(0xE0000 + ord(c)) for c in "ignore all"), "\U000e0001", "a\U0001d173b", "a\u034fb", "a\u2063b", "e" + "\u0301" * 500, "\U000e01ef",
)  # fmt: skip
COMMANDS = (
    "::error::x", "::error file=a,line=1::x", "  ::warning::x", "\t::notice::x", "::add-mask::e", "::stop-commands::t", "::set-output name=a::b", "::group::x", "::debug::x",
    "a\n::error::x", "a\r::error::x", "a\u2028::error::x", "##[error]x", "a ##[add-mask]e", "x ##[group]y", "##vso[task.setvariable variable=a]b", "%0A::error::x", "%25%0D%0A",
    "a,title=b::c", "::error ::" + "x" * 300, "words " * 30 + "::error::x ##[error]y",
)  # fmt: skip
CELLS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "a;=1+1", "a;+1", "a; =1+1", "a;@x", "a\t=1+1", 'a";=1+1;"', '=HYPERLINK("http://evil.example","ok")', 'x;=HYPERLINK("http://evil.example";"ok")',
    "a,=1+1", 'a",=1+1,"', " =1+1", "\u200b=1+1", "\t=1+1", "\n=1+1", "\r=1+1", "\ufeff=1+1", "＝1+1", "＋1", "a\n=1+1", "a;\n=1", ";=1", ";;=1", "'=1", "'';=1", "|calc", "%0A=1", "a;-1;b;+2",
)  # fmt: skip
HTML = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</style><script>x</script>", "</script><script>x</script>", "</textarea>", "</title>", "</template>", "<svg/onload=x>", "<svg><script>x",
    "\" onload=x a=\"", "' onload=x a='", "><b>", "<!-- x", "--> <b>", "]]><b>", "<a href=javascript:alert(1)>x</a>", "<iframe srcdoc=x>", "<base href=//evil.example>", "<meta http-equiv=refresh content=0>",
    "<link rel=stylesheet href=//evil.example>", "<form action=//evil.example><input>", "<math><mi xlink:href=javascript:x>", "{{ 7*7 }}", "{% raw %}", "${7*7}", "&lt;script&gt;", "&#60;script&#62;", "<plaintext>",
    "<img src='//evil.example/x.png'>", "<IMG SRC=//evil.example/x.png alt=x>", "<noscript><p title=\"</noscript><img src=x>\">", "<details open ontoggle=x>", "</pre></code><script>", "</q></dd></details><b>",
)  # fmt: skip
MARKDOWN = (
    "[a](javascript:alert(1))", "[a](JaVaScRiPt:alert(1))", "[a](data:text/html,<script>)", "[a](vbscript:x)", "![a](http://evil.example/x.png)", "[a]: http://evil.example", "<http://evil.example>", "http://evil.example",
    "www.evil.example", "@everyone", "@octocat", "#12", "octo/repo#12", "GH-12", "| a | b |", "a|b", "`a`", "``a``", "`", "```", "~~~", "# heading", "## x\n# y", "> quote", "- [x] box", "1. one", "***", "---", "a\n---", "$x$", "$$x$$",
    "\\[a\\](b)", "a\\|b", "**bold**", "~~x~~", "[^1]", ":smile:", "a\n\n<b>x</b>", "    code", "&copy;", "[a][b]", "![](//evil.example)", "a<br>b", "```\n# x\n```", "`|` | `|`", "\\`a\\`", "<details>", "[x](<javascript:a>)",
)  # fmt: skip
LINKS = (
    "https://github.com@evil.example/", "https://github.com%2F@evil.example/login", "https://github.com%23@evil.example/", "https://github.com%3F@evil.example/", "https://github.com:x@evil.example/", "https://github.com\\@evil.example/",
    "https://github.com\\.evil.example/", "https://evil%2eexample/", "https://%65vil.example/", "https://gith\u0443b.com/", "https://evil\u3002example/", "https://github.com\u2215x.evil.example/", "https:///evil.example/", "https:evil.example",
    "https:/\\evil.example", "//evil.example/", "\\\\evil.example\\x", "http://2130706433/", "http://0x7f.1/", "http://017700000001/", "http://127.1/", "http://[::1]/", "http://[::ffff:1.2.3.4]/", "https://github.com:443@evil.example:8443/",
    "https://github.com:99999/", "https://github.com:x/", "https://a b/", "https://github.com\t.evil.example/", "https://git\nhub.com/", "\x01https://evil.example", "JAVASCRIPT:alert(1)", "java\tscript:alert(1)", "data:text/html,x",
    "file:///etc/passwd", "ssh://-oProxyCommand=x/", "https://github.com/../../x", "https://github.com/\u202egnp.exe", "https://github.com/?q=%22%3E%3Cscript%3E", 'https://github.com/"onmouseover=x', "https://xn--80ak6aa92e.com/",
    "https://github.com&#64;evil.example/", "https://&#x67;ithub.com/", "https://github.com#@evil.example/", "https://github.com?@evil.example/", "https://-evil.example/", "https://evil.example./", "https://" + "a." * 200 + "example/",
)  # fmt: skip
LONG = (
    "A" * 50_000,
    "a " * 20_000,
    "\u202e" * 5_000,
    "<" * 5_000,
    "`" * 3_000,
    "[" * 3_000,
    "=;" * 3_000,
    f"{ESC}[" * 3_000,
    "\U0001f469\u200d" * 2_000,
)

ALL = (*TERMINAL, *UNSEEN, *COMMANDS, *CELLS, *HTML, *MARKDOWN, *LINKS, *LONG)


def rounds() -> Iterator[tuple[str, ...]]:
    """The texts from each of several starts, so that each comes to stand in many places."""
    for start in range(0, len(ALL), 40):
        yield (*ALL[start:], *ALL[:start])
