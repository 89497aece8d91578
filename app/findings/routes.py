"""The addresses of `findings`, and which view answers each."""

from app.web.routing import Routes

FINDINGS = "/projects/<slug>/findings"
OCCURRENCES = f"{FINDINGS}/occurrences"

bulk = Routes("bulk", "app.findings.views.bulk")
bulk.post(f"{FINDINGS}/bulk", "change")
bulk.get(f"{FINDINGS}/acts/<int:event_id>", "act")
bulk.post(f"{FINDINGS}/acts/<int:event_id>/undo", "take_back", endpoint="undo")

occurrences = Routes("occurrences", "app.findings.views.occurrences")
occurrences.get(OCCURRENCES, "occurrences")
occurrences.post(OCCURRENCES, "tag")

findings = Routes("findings", "app.findings.views.passages")
findings.get(FINDINGS, "first")
findings.get(f"{FINDINGS}/passages", "passages")
findings.get(f"{FINDINGS}/passages/by/<facet>", "facet")

searches = Routes("searches", "app.findings.views.searches")
searches.post(f"{FINDINGS}/searches", "save")
searches.post(f"{FINDINGS}/searches/<int:search_id>/remove", "remove")

summary = Routes("summary", "app.findings.views.summary")
summary.get(f"{FINDINGS}/summary", "summary")

ROUTES = (bulk, occurrences, findings, searches, summary)
