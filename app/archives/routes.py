"""The addresses of `archives`, and which view answers each."""

from app.web.routing import Routes

archives = Routes("archives", "app.archives.views")
archives.get("/projects/<slug>/archive.zip", "project_archive")
archives.get("/projects/import", "choose_archive")
archives.post("/projects/import", "import_archive")

ROUTES = (archives,)
