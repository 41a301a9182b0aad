"""What is checked about the images: their number, that they are there and show."""

import re
from collections.abc import Iterator
from urllib.parse import quote

from auditor.facts.hosted import page_of
from auditor.form.answers import DENIED, asked_for
from auditor.form.flaw import Flaw, cut, name_of, source_of
from auditor.form.links import ADDRESS, OWN_DISK, WORKFLOW, followed, instead_of, leads_out, no_branch, no_workflow
from auditor.form.page import Page
from auditor.markup import Reference, references
from auditor.models import Image, Question
from auditor.profile import is_open
from auditor.repository import Unreadable
from auditor.snapshot import File

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF", b"\x00\x00\x01\x00", b"version https://git-lfs")
_WHY_NO_IMAGE = {
    "spaces": ("The path has spaces, so the markup shows instead of the picture.", "Write {url} in line {line}, or give the file a name without spaces."),
    "size": ("A size within the parentheses is no Markdown, so the markup shows instead of the picture.", "Take the size out of line {line}: ![...]({url}), or use <img src=... width=...>."),
    "brackets": ("Double brackets are no Markdown, so the markup shows instead of the picture.", "Write ![...]({url}) in line {line}."),
    "html": ("The image stands within HTML, where Markdown is not read, so its markup shows.", "Put an empty line before and after line {line}, or use <img src=\"{url}\">."),
    "markup": ("The markup of the image is broken, so it shows instead of the picture.", "Write ![...]({url}) in line {line}."),
}  # fmt: skip


def check_image_counts(page: Page) -> Iterator[Flaw]:
    """Another number of images than asked for; those that do not show are told apart."""
    for question in page.report.questions:
        span = page.images(question)
        if not span or not question.answer.strip():
            continue
        (few, many), want = span, asked_for(span, "image")
        images = [i for i in question.images if not _spoken_of(page, question, i)]
        has = len(images) + len(_broken(page, question))
        first = question.answer_lines[0]
        linked = [i for i in question.links if re.search(r"\.(png|jpe?g|gif|svg|webp)$", i.target, re.IGNORECASE)]
        if has < few and linked:
            yield Flaw(
                "image-count", source_of(question), linked[0].line, name_of(question), f"a link to {linked[0].target}",
                f"The question asks for {want}; the answer only links to one.",
                f"Put an exclamation mark before the link in line {linked[0].line}: `![text]({linked[0].target})`.",
                detail=True,
            )  # fmt: skip
        elif has < few:
            explained = not page.length(question) and bool(DENIED.search(question.answer))
            yield Flaw(
                "image-count", source_of(question), first, name_of(question), f"{has} images" if has else "no image",
                f"The question asks for {want}.",
                f"If there is something to show, put the picture into {page.figures} and add `![text](figures/NAME.png)`"
                + ("; if not, the answer's reason stands." if explained else "."),
                fact=f"{has} images in the answer; {want} asked for", detail=explained,
            )  # fmt: skip
        elif has > many and not is_open(span):
            yield Flaw(
                "image-count", source_of(question), images[many].line if many < len(images) else first, name_of(question), f"{has} images",
                f"The question asks for {want}.", "Keep the ones that show most, or join some into one picture.",
                fact=f"{has} images in the answer; {want} asked for", detail=True,
            )  # fmt: skip


def check_pictures(page: Page) -> Iterator[Flaw]:
    """Images that lead to no file, do not show, or are the template's own."""
    for question in page.report.questions:
        for image in question.images:
            if "<image>" in image.target:
                continue  # the template's placeholder, told as such
            if flaw := _picture(page, question, image):
                yield flaw
        for line, broken in _broken(page, question):
            difference, hint = _WHY_NO_IMAGE[broken.why]
            yield Flaw(
                "image-not-rendered", source_of(question), line, broken.target, cut(page.lines[line - 1]), difference,
                hint.format(url=quote(broken.target, safe="/()#%:"), line=line),
            )  # fmt: skip


def _broken(page: Page, question: Question) -> list[tuple[int, Reference]]:
    """The markup that was meant as an image and is none to a reader of Markdown, with its lines."""
    numbers = [n for n, _ in page.rows(question)]
    found = [r for r in references(question.answer) if r.why in _WHY_NO_IMAGE]
    return [(numbers[min(r.line, len(numbers) - 1)], r) for r in found if numbers]


def _spoken_of(page: Page, question: Question, image: Image) -> bool:
    """Whether an image in code that leads to no file is only spoken of: no more are asked for than are shown."""
    few, _ = page.images(question) or (0, 0)
    return not image.renders and not image.path and sum(i.renders for i in question.images) >= few


def _picture(page: Page, question: Question, image: Image) -> Flaw | None:
    def flaw(rule: str, difference: str, hint: str, detail: bool = False) -> Flaw:
        says = cut(page.lines[image.line - 1])
        return Flaw(rule, source_of(question), image.line, image.target, says, difference, hint, detail=detail)

    asked = bool(page.images(question))
    if not image.renders:
        if _spoken_of(page, question, image):
            return None
        return flaw(
            "image-not-rendered",
            "The image stands in code, so readers see its markup instead of the picture.",
            f"Take the backticks (or the spaces before it) away around line {image.line}.",
            not asked,
        )
    if OWN_DISK.match(image.target) and not image.path:
        return flaw(
            "image-not-found",
            "The address is a path on somebody's own disk.",
            f"Save the picture in {page.figures} and show it with `![...](figures/NAME.png)` in line {image.line}.",
        )
    if ADDRESS.match(image.target):
        if badge := WORKFLOW.match(image.target):
            missing = no_workflow(page, badge)
            return flaw("link-broken", *missing) if missing else None
        if elsewhere := no_branch(page, image.target):
            return flaw("link-broken", *elsewhere, detail=True)
        if image.path or page_of(image.target, page.snapshot.history) or not page.pictures:
            return None
        return flaw(
            "image-elsewhere",
            "The picture is kept outside the repository, and is gone from the hand-in when it is gone there.",
            f"Save it in {page.figures} and show it with `![...](figures/NAME.png)` in line {image.line}.",
        )
    path, there = followed(page, image)
    if not there and path.split("/")[0] == "..":
        out = leads_out(page, image, path)
        return flaw("link-broken" if out[2] else "image-not-found", *out) if out else None
    if not there:
        wanted, hint = instead_of(page, image, path, "figures/NAME.png")
        return flaw("image-not-found", wanted, hint)
    file = page.snapshot.files.get(path)
    if file is None:
        return flaw("image-not-found", f"{path} is a folder.", "Name the picture's file.")
    if why := _no_picture(file):
        return flaw("image-not-rendered", f"{path} {why}.", "Save the picture anew as .png or .jpg and commit it.")
    if page.profile.is_stub(file):
        return flaw(
            "template-figure-left",
            f"{path} is the template's own example figure.",
            f"Replace {path} with a picture of your own project, or take it out of line {image.line}.",
        )
    return None


def _no_picture(file: File) -> str:
    """Why a file does not show as a picture, or nothing where it does or cannot be read."""
    try:
        data = file.start(100_000)
    except Unreadable:
        return ""
    if not data.strip():
        return "is empty"
    if data.startswith(_PICTURES) or b"ftypavif" in data[:32] or b"<svg" in data[:4000].lower():
        return ""
    if data.startswith(b"%PDF"):
        return "is a PDF, which does not show as an image"
    return "is no picture that a web page can show"
