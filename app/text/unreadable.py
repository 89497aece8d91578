"""The one error of reading files."""


class Unreadable(Exception):
    """A file that cannot become an article; the message tells its owner what to do."""
