"""Markdown and HTML by tokens: headings, anchors, images, links."""

import pytest

from auditor.markup import anchors, html_tags, leads_to_anchor, outline, references


@pytest.mark.parametrize(
    ("text", "target", "why"),
    [
        ("![x](figures/x&amp;y.png)", "figures/x&y.png", ""),
        ("![x](figures/a%23b.png)", "figures/a%23b.png", ""),
        ("![x](<a b.png>)", "a b.png", ""),
        ("![x](a_(1).png \"title\")", "a_(1).png", ""),
        ("<img src='figures/x&amp;y.png'>", "figures/x&y.png", ""),
        ("<img alt='a > b' src='b.png'>", "b.png", ""),
        ('<img src = "figures/buc ket.png">', "figures/buc ket.png", ""),
        ("<p>\n<img\n  alt=x\n  src=b.png\n>\n</p>", "b.png", ""),
        ("<picture>\n<source srcset='d.png'>\n<img src='b.png'>\n</picture>", "b.png", ""),
        ("<IMG SRC=b.png>", "b.png", ""),
        ("<img data-src='lazy.png' src='b.png'>", "b.png", ""),
        ("text <img src='b.png'> text", "b.png", ""),
        ("[![x](b.png)](page.md)", "page.md", None),
        ("`![x](b.png)`", "b.png", "code"),
        ("```\n![x](b.png)\n```", "b.png", "code"),
        ("![x](figures/run (1).png)", "figures/run (1).png", "spaces"),
        ("![x](figures/run 1.png)", "figures/run 1.png", "spaces"),
        ("![x](figures/x.png =300x200)", "figures/x.png", "size"),
        ("![[figures/x.png]]", "figures/x.png", "brackets"),
        ("![[figures/x.png|300]]", "figures/x.png", "brackets"),
        ("<p>\n![x](b.png)\n</p>", "b.png", "html"),
        ("![x](file:///home/me/b.png)", "file:///home/me/b.png", ""),
        ("![x](C:\\Users\\me\\b.png)", "C:\\Users\\me\\b.png", ""),
        ("[t][r]\n\n[r]: ../a&amp;b.md", "../a&b.md", None),
    ],
)  # fmt: skip
def test_references(text: str, target: str, why: str | None) -> None:
    found = references(text)
    first = found[0]
    assert (first.target, first.image, first.why) == (target, why is not None, why or "")


@pytest.mark.parametrize("text", ["<img data-src='lazy.png'>", "<img alt='src=x.png'>", "<!-- <img src='b.png'> -->", "a ![ b", "![x]()\\"])  # fmt: skip
def test_no_references(text: str) -> None:
    assert not [r for r in references(text) if r.target]


def test_footnotes_lead_nowhere_else() -> None:
    found = references("Said[^1], [here](a.md) and [^2](b.md).\n\n[^1]: note\n")
    assert [r.target for r in found] == ["a.md"]


def test_the_lines_of_references() -> None:
    text = "one\n![a](a.png)\n![b](b.png) <img\nsrc='c.png'> ![d](d.png)\n\n<div>\n\n<img src=e.png>\n</div>\n\n```\n![f](f.png)\n```"
    assert [(r.line, r.target[0]) for r in references(text)] == [
        (1, "a"),
        (2, "b"),
        (2, "c"),
        (3, "d"),
        (7, "e"),
        (11, "f"),
    ]


PAGE = """# Report

#### 🚀 Try it

Setext one
----------

#### Heading &amp; entity
#### Twice
#### Twice
#### Twice
### [Linked](x.md) `code` *soft*
### Æble og øl
### C++ & C#

<h3 id="mine">By HTML</h3>

<a name="old"></a> text <a id='New-One'>x</a>

> ## Quoted

Said[^1] and noted[^Note].

[^1]: one
[^Note]: words and more
"""


@pytest.mark.parametrize(
    ("target", "there"),
    [
        ("#-try-it", True),
        ("#setext-one", True),
        ("#heading--entity", True),
        ("#top", True),
        ("#", True),
        ("#twice", True),
        ("#twice-1", True),
        ("#twice-2", True),
        ("#twice-3", False),
        ("#linked-code-soft", True),
        ("#%C3%A6ble-og-%C3%B8l", True),
        ("#c--c", True),
        ("#mine", True),
        ("#by-html", True),
        ("#old", True),
        ("#new-one", True),
        ("#user-content-old", True),
        ("#Report", True),
        ("#quoted", True),
        ("#not-there", False),
        ("#setext", False),
        ("#fn-1", True),
        ("#user-content-fnref-note", True),
        ("#fn-2", False),
    ],
)
def test_anchors(target: str, there: bool) -> None:
    assert leads_to_anchor(target, anchors(PAGE), "REPORT.md") == there


def test_the_outline() -> None:
    text = "# A\n\nB\n===\n\n<h3>\nC\n</h3>\n\n**D**\n\n#E\n\n```\n# no\n```\n"
    assert [(h.line, h.level, h.text, h.how) for h in outline(text)] == [
        (0, 1, "A", "atx"),
        (2, 1, "B", "setext"),
        (5, 3, "C", "html"),
        (9, 0, "D", "bold"),
        (11, 1, "E", "joined"),
    ]


def test_html_that_never_ends() -> None:
    for text in ("<img src='a", "<!-- ", "<a b=", "</", "<![CDATA[", "<?", "&#xfffffff;", "<svg/onload=x>"):
        html_tags(text * 50)


@pytest.mark.parametrize(
    ("heading", "link", "there"),
    [
        ("### α Two ponds", "#α-two-ponds", True),
        ("### α Two ponds", "#a-two-ponds", True),  # as a text whose look-alikes were put right has it
        ("### A Two ponds", "#b-two-ponds", False),
        ("### Über Teiche", "#uber-teiche", False),
    ],
)
def test_anchors_of_letters_that_look_alike(heading: str, link: str, there: bool) -> None:
    assert leads_to_anchor(link, anchors(f"{heading}\n\ntext\n"), "docs/a.md") is there
