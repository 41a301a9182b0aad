"""The images of a report as a judge is sent them: scaled, without metadata, few and small."""

import base64
import io
from collections.abc import Mapping

from auditor import limits
from auditor.extras import need
from auditor.models import Figure, Report
from auditor.repository import Unreadable
from auditor.snapshot import File

MOST = 12
"""Images of one report that are sent."""
SIDE = 1_280
"""Pixels of the longer side."""


def shown(report: Report, files: Mapping[str, File], private: bool = False) -> tuple[Figure, ...]:
    """The images that the answers show, in the report's order. Each is drawn anew from its pixels, so that nothing else of the
    file is sent. UserError where the library for it is missing."""
    need("figures", "--figures")
    from PIL import Image

    paths = dict.fromkeys(
        i.path for q in report.questions if private or not q.private for i in q.images if i.renders and i.path in files
    )
    made: list[Figure] = []
    for path in paths:
        if len([f for f in made if f.data]) >= MOST:
            made.append(Figure(path=path, reason=f"more than {MOST} images"))
            continue
        file = files[path]
        if file.size > limits.FIGURE.value or file.why_skipped not in ("", "binary"):
            made.append(Figure(path=path, size=file.size, reason=file.why_skipped or "too large"))
            continue
        try:
            with Image.open(io.BytesIO(file.bytes()), formats=("PNG", "JPEG", "GIF", "WEBP")) as image:
                if image.width * image.height > limits.PIXELS.value:
                    raise ValueError("too many pixels")
                image.thumbnail((SIDE, SIDE))
                plain = Image.new("RGB", image.size, "white")
                rgba = image.convert("RGBA")
                plain.paste(rgba, mask=rgba.getchannel("A"))
        except (Unreadable, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as reason:
            made.append(
                Figure(path=path, size=file.size, reason=f"no image that can be read ({type(reason).__name__})")
            )
            continue
        out = io.BytesIO()
        plain.save(out, "JPEG", quality=80)
        data = "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode()
        made.append(Figure(path=path, size=len(out.getvalue()), data=data))
    return tuple(made)
