"""The addresses of `guidelines`, and which view answers each."""

from app.web.routing import Routes

GUIDELINES = "/projects/<slug>/guidelines"
EXAMPLE = "/annotations/<int:annotation_id>/example"

guidelines = Routes("guidelines", "app.guidelines.views.guidelines")
guidelines.get(GUIDELINES, "guidelines")
guidelines.get(f"{GUIDELINES}/versions", "versions")
guidelines.get(f"{GUIDELINES}/versions/<int:number>", "version")
guidelines.post(f"{GUIDELINES}/versions/<int:number>/restore", "restore")
guidelines.get(f"{GUIDELINES}/edit", "edit")
guidelines.post(GUIDELINES, "write")

examples = Routes("examples", "app.guidelines.views.examples")
examples.get(EXAMPLE, "example")
examples.post(EXAMPLE, "make_example")

ROUTES = (guidelines, examples)
