"""The passages of a project: the list, narrowed down by its address."""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.assignments.queries.visibility import can_see_all
from app.core.arguments import ignored_names
from app.core.errors import Conflict, Invalid, NotFound
from app.findings.asked import ASKED, FACETS, Asked, ask
from app.findings.pages.facet_lists import facet_page
from app.findings.pages.passages import passages_page
from app.findings.pages.searches import SaveForm
from app.findings.service import SearchNameTaken
from app.projects.models import Member
from app.projects.views.current_member import current_member
from app.web.responses import render, see_other, wants_fragment
from app.web.session import get_session

OF_PAGE = ("after", "count", "tick")
"""What an address says beside what is asked for."""
NAMED = "named"  # part of a name, typed where all values of a facet are, and sent along from there


def first(slug: str) -> ResponseReturnValue:
    """Lead to the first of the pages that are called findings."""
    current_member(slug)
    return see_other("findings.passages", slug=slug)


def passages(slug: str) -> ResponseReturnValue:
    """Show what an address asks for; to one that says more than that, answer the shortest.

    A form without JavaScript sends what is empty, too, and what is so without it.
    """
    member = current_member(slug)
    asked, ignored = ask(request.args)
    ignored += ignored_names(request.args, {*ASKED, *OF_PAGE, NAMED})
    of_page = [(name, value) for name in OF_PAGE if (value := request.args.get(name))]
    sent = len(list(request.args.items(multi=True)))
    if sent > len(asked.pairs) + len(of_page) and not ignored and not wants_fragment():
        query = urlencode([*asked.pairs, *of_page])
        address = url_for("findings.passages", slug=slug)
        return redirect(f"{address}?{query}" if query else address, 303)
    return render_passages(member, asked, ignored=ignored)


def render_passages(
    member: Member,
    asked: Asked,
    *,
    ignored: Sequence[str] = (),
    name: str = "",
    is_shared: bool = False,
    error: Invalid | Conflict | None = None,
) -> ResponseReturnValue:
    """Draw the page of what is asked for, or its list alone; after an error what was typed."""
    session = get_session()
    page = passages_page(
        session,
        member,
        asked,
        ignored=ignored,
        after=request.args.get("after"),
        is_exact=request.args.get("count") == "exact",
        leaves_out=not can_see_all(session, member),
        save=SaveForm(
            name,
            is_shared,
            error.message if error else "",
            is_taken=isinstance(error, SearchNameTaken),
        ),
        ticked=request.args.get("tick", ""),
    )
    if wants_fragment():
        return render("findings/_passages.html", page)
    return render("findings/passages.html", page, error.status if error else 200)


def facet(slug: str, facet: str) -> ResponseReturnValue:
    """Show all values of one facet, to choose from."""
    member = current_member(slug)
    if facet not in FACETS:
        message = "Passages cannot be narrowed down by that."
        raise NotFound(message)
    asked, _ignored = ask(request.args)
    named = request.args.get(NAMED, "")[:200]
    return render("findings/facet.html", facet_page(get_session(), member, asked, facet, named))
