"""How the log is written."""

import json
import logging
import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import TextIO

ERRORS = "gloss.errors"
"""The logger of error pages: a line each, also where it is no fault of the server's."""

FIELDS = ("error_id", "method", "route", "status")
"""What is known of an error page, and of its exception `error_id` alone."""


class LogFormat(StrEnum):
    """How a line of the log is written."""

    TEXT = "text"
    JSON = "json"


class JsonLines(logging.Formatter):
    """Writes each event as one line of JSON: time (UTC), level, logger, message and more."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with the traceback under `exception` where there is one."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configure(log_format: LogFormat, stream: TextIO = sys.stderr) -> None:
    """Write warnings and errors of the whole process, and every error page, to a stream."""
    handler = logging.StreamHandler(stream)
    if log_format is LogFormat.JSON:
        handler.setFormatter(JsonLines())
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(ERRORS).setLevel(logging.INFO)
