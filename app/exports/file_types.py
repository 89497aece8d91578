"""The types of files of annotations: how addresses end, and what a permalink can be asked for."""

EXTENSIONS = ("csv", "xlsx", "jsonl", "md", "jsonld", "qdpx", "dna")
"""Of each of the formats in `app/exports/queries/formats.py`, in the same order."""

PROFILE = "http://www.w3.org/ns/anno.jsonld"
LINKED_DATA = f'application/ld+json; profile="{PROFILE}"'
JSON = "application/json"
MEDIA_TYPES = ("application/ld+json", LINKED_DATA, JSON)
"""What a permalink can be asked for beside its page."""
