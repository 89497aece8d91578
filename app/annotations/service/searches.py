"""The kinds of events about searches of annotations, which are saved further below."""

SAVED = "search.saved"
REMOVED = "search.removed"
KINDS = (SAVED, REMOVED)
