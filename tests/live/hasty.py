"""The server with less patience than it has: for tests of what takes it a while."""

import os
import signal

from app import create_app
from app.asgi import make_asgi
from app.config import Config
from app.live.stream import Live
from app.server import bind, listen
from app.serving import serve

BEAT_SECONDS = 0.6
CHECK_SECONDS = 0.3
STALL_SECONDS = 1.0
PROGRAM = ("-c", "import runpy; runpy.run_path('tests/live/hasty.py', run_name='__main__')")


def run() -> None:
    """Serve the database of the environment, which has its tables."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: os._exit(0))
    config = Config.from_env(os.environ)
    sockets = bind(config.host, config.port)
    listen(sockets, config.port)
    flask_app = create_app(config)
    live = Live(flask_app, check_seconds=CHECK_SECONDS, beat_seconds=BEAT_SECONDS)
    application = make_asgi(flask_app, live=live, stall_seconds=STALL_SECONDS)
    serve(application, sockets, announce=lambda: None, close=live.close)


if __name__ == "__main__":
    run()
