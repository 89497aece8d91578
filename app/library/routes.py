"""The addresses of `library`, and which view answers each."""

from app.web.routing import Routes

ARTICLE = "/projects/<slug>/articles/<int:article_id>"

article_list = Routes("article_list", "app.library.views.article_list")
article_list.get("/projects/<slug>/articles", "article_list")
article_list.post("/projects/<slug>/assignments", "assign_articles")
article_list.post("/projects/<slug>/assignments/undo", "undo_assigning")

library = Routes("library", "app.library.views.add")
library.get("/projects/<slug>/articles/add", "add")
library.post("/projects/<slug>/articles/add", "make_drafts")
library.post("/projects/<slug>/drafts", "confirm_all")
library.get("/projects/<slug>/drafts/<int:draft_id>", "draft")
library.post("/projects/<slug>/drafts/<int:draft_id>", "keep_draft")
library.post("/projects/<slug>/drafts/<int:draft_id>/encoding", "read_draft_again")
library.post("/projects/<slug>/drafts/<int:draft_id>/passages", "move_passages")
library.post("/projects/<slug>/drafts/<int:draft_id>/discard", "discard_draft")

details = Routes("details", "app.library.views.details")
details.get(f"{ARTICLE}/details", "details")
details.post(f"{ARTICLE}/details", "change_details")
details.post(f"{ARTICLE}/archive", "archive")
details.post(f"{ARTICLE}/restore", "restore")

assignments = Routes("assignments", "app.library.views.assignments")
assignments.get(f"{ARTICLE}/assignments", "assignments")
assignments.post(f"{ARTICLE}/assignments", "assign")
assignments.post(f"{ARTICLE}/assignments/undo", "undo_assigning")
assignments.post(f"{ARTICLE}/assignments/<int:account_id>/remove", "unassign")
assignments.post(f"{ARTICLE}/assignments/<int:account_id>/reopen", "reopen")
assignments.post(f"{ARTICLE}/mode", "set_mode")
assignments.post(f"{ARTICLE}/reveal", "reveal")
assignments.post(f"{ARTICLE}/hide", "hide")

ROUTES = (article_list, library, details, assignments)
