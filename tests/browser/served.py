"""The small demo behind a real socket of this machine."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from werkzeug.serving import make_server

from tests.browser.screen import Site
from tests.make.demo import Demo, small_demo
from tests.site.test_sockets import free_port

QUIET = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-gpu",
    # without windows letters would be as wide as whole points, narrower than what people see
    "--font-render-hinting=none",
]  # fmt: skip


Build = Callable[[Path, Path, str], AbstractContextManager[Demo]]


@contextmanager
def served(folder: Path, template: Path, build: Build = small_demo) -> Iterator[Site]:
    """A city on a free port, for as long as it is looked at."""
    port = free_port()
    with build(folder, template, f"http://127.0.0.1:{port}") as demo:
        server = make_server("127.0.0.1", port, demo.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, name="site", daemon=True)
        thread.start()
        yield Site(demo.app, demo.database, demo.origin, demo.people, demo.things)
        server.shutdown()
        server.server_close()
        thread.join()
