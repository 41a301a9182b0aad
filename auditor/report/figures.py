"""The images that the answers show."""

import base64
from collections.abc import Mapping

from auditor import limits
from auditor.models import Figure, Report
from auditor.repository import Unreadable
from auditor.snapshot import File

_RASTER = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"))


def figures_of(report: Report, files: Mapping[str, File]) -> tuple[Figure, ...]:
    """The images of the repository that the answers show, as data URIs; small ones first, until they take up too much.
    A vector image is not among them: it is a document, which may hold more than a picture. Nor are private answers'."""
    shown = [i for q in report.questions if not q.private for i in q.images]
    paths = dict.fromkeys(i.path for i in shown if i.renders and i.path in files)
    made: dict[str, Figure] = {}
    room = limits.IMAGES.value
    for path in sorted(paths, key=lambda p: files[p].size):
        figure = _figure(files[path], room)
        room -= figure.size if figure.data else 0
        made[path] = figure
    return tuple(made[path] for path in paths)


def _figure(file: File, room: int) -> Figure:
    if "link" in file.skipped or "submodule" in file.skipped:
        return Figure(path=file.path, reason=file.skipped)
    if file.size > limits.IMAGE.value:
        return Figure(path=file.path, size=file.size, reason=f"larger than {limits.IMAGE.value // 1000} kB")
    if file.size > room:
        return Figure(path=file.path, size=file.size, reason="the report's other images took up the room")
    try:
        data = file.bytes()
    except Unreadable as reason:
        return Figure(path=file.path, size=file.size, reason=str(reason))
    kind = next((kind for start, kind in _RASTER if data.startswith(start)), "")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kind = "webp"
    if not kind:
        return Figure(path=file.path, size=file.size, reason="not a PNG, JPEG, GIF or WebP image")
    return Figure(
        path=file.path, size=file.size, data=f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
    )
