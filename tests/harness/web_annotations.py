"""Web Annotations as a program reads them that is not ours, and what the W3C asks of them."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rdflib import Graph

# The terms of http://www.w3.org/ns/anno.jsonld that Gloss writes: nothing is fetched.
_IRI = {"@type": "@id"}
_WORD = {"@type": "@vocab"}
_TIME = {"@type": "xsd:dateTime"}
_NUMBER = {"@type": "xsd:nonNegativeInteger"}
TERMS: Mapping[str, object] = {
    "as": "http://www.w3.org/ns/activitystreams#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "dctypes": "http://purl.org/dc/dcmitype/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "oa": "http://www.w3.org/ns/oa#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "id": "@id",
    "type": "@type",
    "Annotation": "oa:Annotation",
    "AnnotationCollection": "as:OrderedCollection",
    "AnnotationPage": "as:OrderedCollectionPage",
    "Person": "foaf:Person",
    "SpecificResource": "oa:SpecificResource",
    "Text": "dctypes:Text",
    "TextPositionSelector": "oa:TextPositionSelector",
    "TextQuoteSelector": "oa:TextQuoteSelector",
    "TextualBody": "oa:TextualBody",
    "TimeState": "oa:TimeState",
    "classifying": "oa:classifying",
    "commenting": "oa:commenting",
    "tagging": "oa:tagging",
    "body": _IRI | {"@id": "oa:hasBody"},
    "cached": _IRI | {"@id": "oa:cachedSource"},
    "created": _TIME | {"@id": "dcterms:created"},
    "creator": _IRI | {"@id": "dcterms:creator"},
    "end": _NUMBER | {"@id": "oa:end"},
    "exact": "oa:exact",
    "first": _IRI | {"@id": "as:first"},
    "format": "dc:format",
    "items": _IRI | {"@id": "as:items", "@container": "@list"},
    "label": "rdfs:label",
    "language": "dc:language",
    "last": _IRI | {"@id": "as:last"},
    "modified": _TIME | {"@id": "dcterms:modified"},
    "motivation": _WORD | {"@id": "oa:motivatedBy"},
    "name": "foaf:name",
    "next": _IRI | {"@id": "as:next"},
    "partOf": _IRI | {"@id": "as:partOf"},
    "prefix": "oa:prefix",
    "prev": _IRI | {"@id": "as:prev"},
    "purpose": _WORD | {"@id": "oa:hasPurpose"},
    "selector": _IRI | {"@id": "oa:hasSelector"},
    "source": _IRI | {"@id": "oa:hasSource"},
    "sourceDate": _TIME | {"@id": "oa:sourceDate"},
    "start": _NUMBER | {"@id": "oa:start"},
    "startIndex": _NUMBER | {"@id": "as:startIndex"},
    "state": _IRI | {"@id": "oa:hasState"},
    "suffix": "oa:suffix",
    "target": _IRI | {"@id": "oa:hasTarget"},
    "total": _NUMBER | {"@id": "as:totalItems"},
    "value": "rdf:value",
    "via": _IRI | {"@id": "oa:via"},
}
CONTEXT = "http://www.w3.org/ns/anno.jsonld"

Object = dict[str, Any]

_TIME_IN_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
MOTIVATIONS = {"classifying", "tagging", "commenting"}


def graph_of(document: Object) -> Graph:
    """Return what a document says, with the terms in place of the address that stands for them."""
    assert document["@context"] == CONTEXT
    known = json.dumps(document | {"@context": TERMS})
    return Graph().parse(data=known, format="json-ld")


def annotations_in(document: Object) -> list[Object]:
    """Return the annotations of a collection, of a page, or the one that a document is."""
    if document["type"] == "Annotation":
        return [document]
    page = document.get("first", {}) if document["type"] == "AnnotationCollection" else document
    return list(page.get("items", []))


def broken_requirements(document: Object, texts: Mapping[str, str]) -> list[str]:
    """Return the ids of the requirements of the model that a document does not meet.

    `texts` are those that the positions are of, by the address that a state names.
    """
    return [number for number, is_met in REQUIREMENTS.items() if not all(is_met(document, texts))]


def _every(check: Callable[[Object], bool]) -> Callable[..., Iterator[bool]]:
    return lambda document, _texts: map(check, annotations_in(document))


def _bodies(document: Object, _texts: object) -> Iterator[bool]:
    for annotation in annotations_in(document):
        for body in annotation["body"]:
            yield isinstance(body["value"], str)
            yield body["type"] == "TextualBody"


def _times(document: Object, _texts: object) -> Iterator[bool]:
    for annotation in annotations_in(document):
        for name in ("created", "modified"):
            yield bool(_TIME_IN_UTC.fullmatch(annotation[name]))
        yield "generated" not in annotation


def _motivations(document: Object, _texts: object) -> Iterator[bool]:
    for annotation in annotations_in(document):
        purposes = {body["purpose"] for body in annotation["body"]}
        yield set(annotation["motivation"]) == purposes <= MOTIVATIONS


def _selectors(kind: str) -> Callable[[Object], Iterator[tuple[Object, Object]]]:
    def find(document: Object) -> Iterator[tuple[Object, Object]]:
        for annotation in annotations_in(document):
            for selector in annotation["target"]["selector"]:
                if selector["type"] == kind:
                    yield annotation["target"], selector

    return find


def _quotes(document: Object, _texts: object) -> Iterator[bool]:
    for _target, quote in _selectors("TextQuoteSelector")(document):
        yield set(quote) == {"type", "exact", "prefix", "suffix"}
        yield all(isinstance(value, str) for value in quote.values())
    yield sum(1 for _ in _selectors("TextQuoteSelector")(document)) == len(annotations_in(document))


def _positions(document: Object, texts: Mapping[str, str]) -> Iterator[bool]:
    quotes = {
        id(target): selector for target, selector in _selectors("TextQuoteSelector")(document)
    }
    for target, position in _selectors("TextPositionSelector")(document):
        start, end = position["start"], position["end"]
        yield isinstance(start, int) and isinstance(end, int) and 0 <= start < end
        text, quote = texts[target["state"]["cached"]], quotes[id(target)]
        yield text[start:end] == quote["exact"]
        yield text[:start].endswith(quote["prefix"])
        yield text[end:].startswith(quote["suffix"])


def _states(document: Object, texts: Mapping[str, str]) -> Iterator[bool]:
    for annotation in annotations_in(document):
        state = annotation["target"]["state"]
        yield state["type"] == "TimeState"
        yield bool(_TIME_IN_UTC.fullmatch(state["sourceDate"]))
        yield state["cached"] in texts


def _collections(document: Object, _texts: object) -> Iterator[bool]:
    if document["type"] == "AnnotationCollection":
        yield bool(_ADDRESS.fullmatch(document["id"]))
        yield isinstance(document["total"], int) and document["total"] >= 0
        yield ("first" in document) == (document["total"] > 0)


def _pages(document: Object, _texts: object) -> Iterator[bool]:
    page = document.get("first") if document["type"] == "AnnotationCollection" else document
    if isinstance(page, dict) and page["type"] == "AnnotationPage":
        yield bool(_ADDRESS.fullmatch(page["id"]))
        yield len(page["items"]) > 0
        yield page["startIndex"] >= 0
        yield ("@context" in page) == (page is document)
        if page is not document:
            yield "next" in page or page["startIndex"] + len(page["items"]) == document["total"]


def _has_no(*names: str) -> Callable[..., Iterator[bool]]:
    return lambda document, _texts: (f'"{name}":' not in json.dumps(document) for name in names)


REQUIREMENTS: Mapping[str, Callable[[Object, Mapping[str, str]], Iterator[bool]]] = {
    "M1": lambda document, _texts: iter([document["@context"] == CONTEXT]),
    "M2": _every(lambda one: bool(_ADDRESS.fullmatch(one["id"]))),
    "M3": _every(lambda one: one["type"] == "Annotation"),
    "M4": _every(lambda one: bool(one["target"]) and len(one["body"]) > 0),
    "M5": _bodies,
    "M6": _has_no("bodyValue"),
    "M7": _times,
    "M8": _motivations,
    "M9": _has_no("rights"),
    "M10": _has_no("canonical"),
    "M11": _every(lambda one: bool(_ADDRESS.fullmatch(one["target"]["source"]["id"]))),
    "M12": _quotes,
    "M13": _positions,
    "M14": _quotes,
    "M15": _positions,
    "M16": _has_no("startSelector", "endSelector"),
    "M17": _states,
    "M18": _collections,
    "M19": _pages,
    "M20": _has_no("linking"),
}
"""Each requirement of the model, by its number in the list that is kept beside the checkout."""
