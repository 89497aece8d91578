"""From a document and its edited plain text to a document that keeps the structure."""

from app.text.revising.revised import revise

__all__ = ["revise"]
