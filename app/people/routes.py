"""The addresses of `people`, and which view answers each."""

from app.web.routing import Routes

PERSON = "/projects/<slug>/people/<int:account_id>"

people = Routes("people", "app.people.views.projects")
people.get("/projects", "projects")
people.post("/projects", "create_project")
people.get("/projects/<slug>/settings", "settings")
people.post("/projects/<slug>/settings", "rename_project")
people.post("/projects/<slug>/mode", "set_project_mode")
people.post("/projects/<slug>/archive", "archive_project")
people.post("/projects/<slug>/restore", "restore_project")

members = Routes("members", "app.people.views.members")
members.get("/projects/<slug>/people", "people")
members.post(f"{PERSON}/role", "change_role")
members.post(f"{PERSON}/remove", "remove")
members.post("/projects/<slug>/leave", "leave")

invitations = Routes("invitations", "app.people.views.invitations")
invitations.post("/projects/<slug>/invitations", "invite")
invitations.post("/projects/<slug>/invitations/<int:invitation_id>/revoke", "revoke_invitation")

reset_links = Routes("reset_links", "app.people.views.reset_links")
reset_links.post("/projects/<slug>/reset-links", "make_reset_link")

ROUTES = (people, members, invitations, reset_links)
