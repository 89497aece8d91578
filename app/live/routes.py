"""The addresses of `live`, and which view answers each."""

from app.web.routing import Routes

PATH = "/live"

live = Routes("live", "app.live.views")
live.get(PATH, "live")

ROUTES = (live,)
