"""Commands as somebody types them."""

from click.testing import Result
from flask import Flask

CREATE = ["accounts", "create", "--name", "Ines", "--email", "Ines@example.org"]


def run(app: Flask, *args: str, typed: str | None = None) -> Result:
    result = app.test_cli_runner().invoke(args=list(args), input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def error(result: Result) -> str:
    """Return the one line that a refused command printed."""
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return result.stderr.strip()
