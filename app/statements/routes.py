"""The addresses of `statements`, and which view answers each."""

from app.web.routing import Routes

FINDINGS = "/projects/<slug>/findings"
ONE = f"{FINDINGS}/<any(parties, positions):what>/<int:row_id>"
CHANGES = f"{FINDINGS}/changes"

positions = Routes("positions", "app.statements.views.positions")
positions.get(f"{FINDINGS}/positions", "positions")

parties = Routes("parties", "app.statements.views.parties")
parties.get(f"{FINDINGS}/positions/list", "listed", defaults={"what": "positions"})
parties.get(f"{FINDINGS}/parties", "listed", defaults={"what": "parties"})
parties.post(f"{FINDINGS}/<any(parties, positions):what>/new", "make")
parties.get(ONE, "one")

keeping = Routes("keeping", "app.statements.views.keeping")
keeping.get(f"{ONE}/change", "change")
keeping.post(f"{ONE}/change", "save")
keeping.post(f"{ONE}/alias", "add_alias")
keeping.post(f"{ONE}/merge", "merge")
keeping.post(f"{ONE}/split", "split")
keeping.post(f"{ONE}/archive", "archive")
keeping.post(f"{ONE}/restore", "restore")
keeping.post(f"{FINDINGS}/<any(parties, positions):what>/undo", "undo")

changes = Routes("changes", "app.statements.views.changes")
changes.get(CHANGES, "changes")
changes.post(f"{CHANGES}/verdicts", "give_verdict")
changes.post(f"{CHANGES}/verdicts/undo", "undo_verdict")

networks = Routes("networks", "app.statements.views.networks")
networks.get(f"{FINDINGS}/networks", "networks")
networks.get(f"{FINDINGS}/networks.<extension>", "file")

ROUTES = (positions, parties, keeping, changes, networks)
