"""Networks: who is joined with whom by what they say, as a page and as files."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from app.annotations.views.recording import record_download
from app.assignments.queries.visibility import can_see_all
from app.core.arguments import ignored_names, refuse_ignored, refuse_unknown
from app.core.errors import NotFound
from app.findings.asked import Asked
from app.projects.roles import Act
from app.projects.views.current_member import current_member
from app.statements.asked_networks import ASKED_OF_NETWORKS, ask_network
from app.statements.graph import Graph
from app.statements.network_files import NETWORK_FORMATS, NetworkFormat
from app.statements.networks import make_network
from app.statements.pages.networks import networks_page
from app.statements.queries.listing import list_statements
from app.statements.queries.networks import find_node_names
from app.web.responses import render
from app.web.session import get_session
from app.web.view_marks import download


def networks(slug: str) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    asked, ignored = ask_network(request.args)
    ignored += ignored_names(request.args, {*ASKED_OF_NETWORKS, "page"})
    page = networks_page(
        list_statements(session, member, Asked()),
        find_node_names(session, member.project_id),
        asked,
        slug=slug,
        ignored=ignored,
        leaves_out=not can_see_all(session, member),
        number=request.args.get("page"),
    )
    return render("statements/networks.html", page, 422 if page.problem else 200)


@download
def file(slug: str, extension: str) -> ResponseReturnValue:
    file_format = _format(extension)
    member = current_member(slug, Act.EXPORT)
    session = get_session()
    refuse_unknown(request.args, ASKED_OF_NETWORKS)
    asked, ignored = ask_network(request.args)
    refuse_ignored(ignored)
    options = asked.options
    record_download(member, file_format=file_format.name, query=asked.record, of="networks")
    network = make_network(list_statements(session, member, Asked()), options)
    content = file_format.write(Graph(network, find_node_names(session, member.project_id)))
    response = Response(content, mimetype=file_format.mimetype)
    name = f"{slug}-{options.kind}.{file_format.extension}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _format(extension: str) -> NetworkFormat:
    """Return the format of networks whose files have an extension.

    Raises: NotFound.
    """
    for each in NETWORK_FORMATS.values():
        if each.extension == extension:
            return each
    endings = ", ".join(f".{each.extension}" for each in NETWORK_FORMATS.values())
    message = f"A network is not written as .{extension}; its files end in {endings}."
    raise NotFound(message)
