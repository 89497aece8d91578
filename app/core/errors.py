"""What can go wrong for a person. Each message is a sentence that says what to do."""

NOTHING_HERE = "There is nothing here, or nothing that you may see."


class GlossError(Exception):
    """A refusal that a person may read. `status` is its HTTP status."""

    status = 500
    title = "Something went wrong"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(GlossError):
    """There is no such thing, or not for this person."""

    status = 404
    title = "Not found"

    def __init__(self, message: str = NOTHING_HERE) -> None:
        super().__init__(message)


class Forbidden(GlossError):
    """The person's role does not allow the act."""

    status = 403
    title = "Not allowed"


class SignedOut(GlossError):
    """The act needs a session, and there is none, or it has ended."""

    status = 401
    title = "Signed out"

    def __init__(self, message: str = "You are signed out. Sign in, then do it again.") -> None:
        super().__init__(message)


class Conflict(GlossError):
    """Someone else was first, or the same thing is there already."""

    status = 409
    title = "Changed meanwhile"


class TooLarge(GlossError):
    """More was sent than is taken; nothing of it was read."""

    status = 413
    title = "Too large"


class TooSlow(GlossError):
    """What was sent did not arrive in time; nothing of it was done."""

    status = 408
    title = "Too slow"


class Invalid(GlossError):
    """A field holds what cannot be used. `field` is its name in the form, "" for the whole."""

    status = 422
    title = "There is a problem"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class TooMany(GlossError):
    """Too many attempts in a short time."""

    status = 429
    title = "Too many attempts"


class Busy(GlossError):
    """Too many want the same at once; nothing was done."""

    status = 503
    title = "Busy"
