"""The addresses of `accounts`, and which view answers each."""

from app.web.routing import Routes

accounts = Routes("accounts", "app.accounts.views.my_account")
accounts.get("/sign-in", "sign_in")
accounts.post("/sign-in", "begin")
accounts.post("/sign-out", "sign_out")
accounts.get("/account", "account")
accounts.post("/account/name", "change_name")
accounts.post("/account/colour", "change_colour")
accounts.post("/account/keys", "change_keys")
accounts.post("/account/guide", "leave_guide")
accounts.post("/account/digest", "change_digest")
accounts.post("/account/password", "change_password")
accounts.post("/account/sessions/<int:session_id>/end", "end_one_session")
accounts.post("/account/sessions/end-others", "end_other_sessions")

email_change = Routes("email_change", "app.accounts.views.email_change")
email_change.post("/account/email", "ask")
email_change.get("/account/email/<token>", "confirm")
email_change.post("/account/email/<token>", "use")

password_reset = Routes("password_reset", "app.accounts.views.password_reset")
password_reset.get("/reset/<token>", "reset")
password_reset.post("/reset/<token>", "set_password")

password_reset_request = Routes(
    "password_reset_request", "app.accounts.views.password_reset_request"
)
password_reset_request.get("/forgotten-password", "forgotten")
password_reset_request.post("/forgotten-password", "send_link")

ROUTES = (accounts, email_change, password_reset, password_reset_request)
