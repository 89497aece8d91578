"""The addresses of `exports`, and which view answers each."""

from app.core.lazy import LazyFunction
from app.web.routing import Routes

exports = Routes("exports", "app.exports.views.files")
exports.blueprint.add_app_template_global(
    LazyFunction("app.exports.pages.file_links", "file_links"), "file_links"
)
exports.get("/projects/<slug>/annotations.<extension>", "project_file")
exports.get("/projects/<slug>/articles/<int:article_id>/annotations.<extension>", "article_file")
exports.get("/projects/<slug>/findings/passages.<extension>", "passages_file")
exports.get("/projects/<slug>/findings/places.<extension>", "places_file")
exports.get("/projects/<slug>/articles/<int:article_id>/brief", "article_brief")
exports.get("/projects/<slug>/findings/brief", "passages_brief")
exports.get("/projects/<slug>/findings/statements-for-dna", "statements_for_dna")
exports.get("/projects/<slug>/themes.csv", "themes_csv")
exports.get("/projects/<slug>/findings/positions.csv", "positions_csv")
exports.get("/projects/<slug>/findings/changes.csv", "changes_csv")

web_annotations = Routes("web_annotations", "app.exports.views.web_annotations")
web_annotations.get("/projects/<slug>/annotations/", "collection")
web_annotations.blueprint.after_request(
    LazyFunction("app.exports.views.web_annotations", "say_what_it_is")
)

ROUTES = (exports, web_annotations)
