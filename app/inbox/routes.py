"""The addresses of `inbox`, and which view answers each."""

from app.web.routing import Routes

inbox = Routes("inbox", "app.inbox.views.inbox")
inbox.get("/inbox", "inbox")
inbox.get("/inbox/questions", "questions")
inbox.get("/inbox/disputes", "disputes")
inbox.post("/inbox/read", "mark_read")
inbox.get("/inbox/unread", "unread")

digests = Routes("digests", "app.inbox.views.digests")
digests.get("/digest/<token>", "unsubscribe")
digests.post("/digest/<token>", "end_digest")

ROUTES = (inbox, digests)
