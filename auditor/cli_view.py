"""`auditor view`: a batch's folder in a browser, where a class is worked through."""

from pathlib import Path
from typing import Annotated

import typer


def view(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The --out of `auditor batch`.")],
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="A port of this machine; 0 takes the usual or a free one.")
    ] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the index in a browser.")] = False,
) -> None:
    """Work a class through in a browser: what is decided is saved in DIR/decisions at once. Ends with Ctrl-C.

    The address has a random token and is this machine's alone."""
    from auditor import view as server
    from auditor.cli_notes import note
    from auditor.extras import need
    from auditor.keeping import kept
    from auditor.overview import load_class

    need("view", "auditor view")

    load_class(folder)  # one line now instead of a page that fails
    with server.opened(folder) as odd:
        if odd:
            note(f"auditor: {odd}")
        said: set[str] = set()

        def once(line: str) -> None:
            if line not in said:
                said.add(line)
                note(f"auditor: {line}")

        with server.listen(port) as socket, kept(folder, once) as keeper:
            desk, token = server.Desk(folder, once, keeper.stir), server.new_token()
            address = f"http://{server.HOST}:{socket.getsockname()[1]}/{token}/"
            typer.echo(f"{address}  (Ctrl-C ends)")
            if browser:
                import webbrowser

                webbrowser.open(address)
            server.serve(desk, socket, token)
