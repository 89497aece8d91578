"""From a document and its edited plain text to a document that keeps the structure."""

from app.text.revising.revised import revise
from app.text.revising.written import count_parts

__all__ = ["count_parts", "revise"]
