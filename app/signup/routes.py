"""The addresses of `signup`, and which view answers each."""

from app.web.routing import Routes

signup = Routes("signup", "app.signup.views.create_account")
signup.get("/", "start")
signup.get("/sign-up", "sign_up")
signup.post("/sign-up", "create_account")

join = Routes("join", "app.signup.views.join")
join.get("/invitations/<token>", "invitation")
join.post("/invitations/<token>", "join")
join.post("/invitations/<token>/sign-up", "sign_up_invited")

oidc = Routes("oidc", "app.signup.views.oidc")
oidc.get("/sign-in/provider", "go_to_provider")
oidc.get("/sign-in/provider/back", "come_back")

ROUTES = (signup, join, oidc)
