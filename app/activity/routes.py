"""The addresses of `activity`, and which view answers each."""

from app.web.routing import Routes

activity = Routes("activity", "app.activity.views")
activity.get("/projects/<slug>/activity", "of_project")
activity.get("/projects/<slug>/articles/<int:article_id>/activity", "of_article")

ROUTES = (activity,)
