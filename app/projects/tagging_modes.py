"""Whether members see each other's annotations from the beginning, or tag apart at first."""

from enum import StrEnum

from app.core.errors import Invalid


class Mode(StrEnum):
    """How an article is tagged. A project's mode is that of its articles which have none."""

    SHARED = "shared"
    INDEPENDENT = "independent"


IN_WORDS = {
    Mode.SHARED: "everyone sees what everyone tags",
    Mode.INDEPENDENT: "everyone sees only their own annotations, until they mark the article done",
}
"""What each mode means."""

FROM_THEN_ON = {
    Mode.SHARED: "From then on everyone sees what everyone tags.",
    Mode.INDEPENDENT: (
        "From then on everyone sees only their own annotations, until they mark the article done; "
        "curators and owners see all."
    ),
}
"""What happens when an article or a project gets a mode."""


def clean_mode(mode: str) -> Mode:
    """Return the mode of a name.

    Raises: Invalid.
    """
    if mode not in set(Mode):
        raise Invalid("mode", f"Choose how it is tagged: {', '.join(Mode)}.")
    return Mode(mode)
