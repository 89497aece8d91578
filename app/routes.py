"""Every route of the application: the blueprints, room by room."""

from app.accounts import routes as accounts
from app.activity import routes as activity
from app.api import routes as api
from app.archives import routes as archives
from app.codebook import routes as codebook
from app.corrections import routes as corrections
from app.exports import routes as exports
from app.findings import routes as findings
from app.guidelines import routes as guidelines
from app.imports import routes as imports
from app.inbox import routes as inbox
from app.library import routes as library
from app.live import routes as live
from app.people import routes as people
from app.reading import routes as reading
from app.signup import routes as signup
from app.statements import routes as statements
from app.web import routes as web

ROOMS = (
    accounts,
    signup,
    people,
    reading,
    inbox,
    guidelines,
    codebook,
    activity,
    library,
    corrections,
    findings,
    statements,
    exports,
    imports,
    api,
    archives,
    live,
    web,
)
BLUEPRINTS = tuple(routes.blueprint for room in ROOMS for routes in room.ROUTES)
