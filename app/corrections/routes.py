"""The addresses of `corrections`, and which view answers each."""

from app.web.routing import Routes

ARTICLE = "/projects/<slug>/articles/<int:article_id>"
DRAFT = f"{ARTICLE}/corrections/<int:draft_id>"
REVISIONS = f"{ARTICLE}/revisions"

corrections = Routes("corrections", "app.corrections.views.correct")
corrections.get(f"{ARTICLE}/correct", "correct")
corrections.post(f"{ARTICLE}/correct", "read_correction")
corrections.post(f"{ARTICLE}/take-back", "take_back")

review = Routes("review", "app.corrections.views.review")
review.get(DRAFT, "review")
review.post(DRAFT, "store")
review.post(f"{DRAFT}/discard", "discard_correction")
review.post(f"{DRAFT}/encoding", "read_correction_again")

place = Routes("place", "app.corrections.views.place")
place.get(f"{DRAFT}/annotations/<int:annotation_id>", "place_in_draft")
place.post(f"{DRAFT}/annotations/<int:annotation_id>", "decide")

revisions = Routes("revisions", "app.corrections.views.revisions")
revisions.get(REVISIONS, "revisions")
revisions.get(f"{REVISIONS}/<int:number>", "revision")
revisions.get(f"{REVISIONS}/<int:number>/changes", "changes")

ROUTES = (corrections, review, place, revisions)
