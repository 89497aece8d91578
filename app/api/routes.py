"""The addresses of `api`, and which view answers each."""

from app.exports.file_types import EXTENSIONS
from app.web.routing import Routes

VERSION = "1"
PREFIX = f"/api/v{VERSION}"
EXTENSION = f"any({', '.join(EXTENSIONS)})"

api_tokens = Routes("api_tokens", "app.api.views.tokens")
api_tokens.get("/account/tokens", "tokens")
api_tokens.post("/account/tokens", "make")
api_tokens.post("/account/tokens/<int:token_id>/revoke", "revoke")

api = Routes("api", "app.api.views.reading", prefix=PREFIX)
api.get("/openapi.json", "openapi")
api.get("/projects", "projects")
api.get("/projects/<slug>/articles", "list_of_articles")
api.get("/projects/<slug>/articles/<int:article_id>", "article")
api.get("/projects/<slug>/articles/<int:article_id>/text", "text")
api.get("/projects/<slug>/themes", "themes")
api.get("/projects/<slug>/parties", "list_of_parties")
api.get("/projects/<slug>/positions", "list_of_positions")

api_annotations = Routes("api_annotations", "app.api.views.annotations", prefix=PREFIX)
api_annotations.get("/projects/<slug>/annotations", "passages")
api_annotations.get("/annotations/<int:annotation_id>", "get")
api_annotations.post("/projects/<slug>/articles/<int:article_id>/annotations", "create")
api_annotations.patch("/annotations/<int:annotation_id>", "change")
api_annotations.delete("/annotations/<int:annotation_id>", "delete")
api_annotations.post("/annotations/<int:annotation_id>/restore", "restore")

api_exports = Routes("api_exports", "app.api.views.exports", prefix=PREFIX)
api_exports.get(f"/projects/<slug>/annotations.<{EXTENSION}:extension>", "passages")
api_exports.get("/projects/<slug>/web-annotations", "web_annotations")

ROUTES = (api_tokens, api, api_annotations, api_exports)
