"""What answers a permalink in place of a page, by the media type that it is asked for.

app/hooks.py puts there what rooms further down have.
"""

from collections.abc import Callable

from flask.typing import ResponseReturnValue

from app.annotations.models import Annotation
from app.projects.models import Member

REPRESENTATIONS: dict[str, Callable[[Annotation, Member], ResponseReturnValue]] = {}
