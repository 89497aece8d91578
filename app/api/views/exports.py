"""Files of annotations for programs, streamed as those of the pages are."""

from flask import url_for
from flask.typing import ResponseReturnValue

from app.api.operations import Operation, Parameter, describes
from app.api.parameters import AFTER, ASKED
from app.api.schemas import TEXT
from app.api.views.annotations import read_asked
from app.api.views.caller import current_caller
from app.exports.file_types import LINKED_DATA
from app.exports.queries.formats import FORMATS
from app.exports.views.files import SEPARATORS, answer_passages
from app.exports.views.web_annotations import answer_collection
from app.projects.roles import Act
from app.web.access import by_token
from app.web.view_marks import download

PARAMETERS = (
    *ASKED,
    Parameter(
        "sep",
        "What stands between the cells of a CSV.",
        {**TEXT, "enum": [name for name in SEPARATORS if name]},
    ),
    Parameter("bom", "0 for a CSV without a byte order mark.", {**TEXT, "enum": ["0", "1"]}),
)


@by_token
@download
@describes(
    Operation(
        "export_annotations",
        "Get a file of the passages that an address asks for",
        {200: ""},
        refusals=(403, 404, 422),
        parameters=PARAMETERS,
        files=tuple(each.mimetype.partition(";")[0] for each in FORMATS.values()),
        words="All of them, always by article and place. Owners see in the audit who exports what.",
    )
)
def passages(slug: str, extension: str) -> ResponseReturnValue:
    member = current_caller().member(slug, Act.EXPORT)
    return answer_passages(member, extension, read_asked())


@by_token
@describes(
    Operation(
        "read_web_annotations",
        "Read all annotations as linked data, a page at a time",
        {200: ""},
        refusals=(403, 404),
        parameters=(AFTER,),
        files=(LINKED_DATA.partition(";")[0], "application/json"),
        words="A W3C Web Annotation collection: follow `first`, then `next`.",
    )
)
def web_annotations(slug: str) -> ResponseReturnValue:
    member = current_caller().member(slug, Act.EXPORT)
    return answer_collection(member, url_for("api_exports.web_annotations", slug=slug))
