"""The forms of accounts. Their rules are the service's; here are their names and words."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, StringField

from app.accounts.models import EMAIL_LIMIT, NAME_LIMIT
from app.accounts.passwords import PASSWORD_MIN

NAME_RULE = f"As colleagues know you; at most {NAME_LIMIT} characters."
PASSWORD_RULE = f"At least {PASSWORD_MIN} characters. A phrase of four words is good."


class SignUpForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Create account."""

    name = StringField("Name", description=NAME_RULE)
    email = EmailField("Email", description=f"Used to sign in; at most {EMAIL_LIMIT} characters.")
    password = PasswordField("Password", description=PASSWORD_RULE)


class SignInForm(FlaskForm):  # type: ignore[misc]  # the same
    """Sign in."""

    email = EmailField("Email")
    password = PasswordField("Password")
    next = HiddenField()


class NameForm(FlaskForm):  # type: ignore[misc]  # the same
    """Change the name."""

    name = StringField("Name", description=NAME_RULE)


class PasswordForm(FlaskForm):  # type: ignore[misc]  # the same
    """Change the password."""

    present = PasswordField("Present password")
    password = PasswordField("New password", description=PASSWORD_RULE)


class NewPasswordForm(FlaskForm):  # type: ignore[misc]  # the same
    """Set a new password by a link."""

    password = PasswordField("New password", description=PASSWORD_RULE)


class ForgottenForm(FlaskForm):  # type: ignore[misc]  # the same
    """Ask for a link that sets a new password."""

    email = EmailField("Email")


class KeysForm(FlaskForm):  # type: ignore[misc]  # the same
    """Switch single-letter keys on or off."""

    letter_keys = BooleanField("Single letters and digits act in the text")


class DigestForm(FlaskForm):  # type: ignore[misc]  # the same
    """Ask for the daily digest, or for none."""

    daily_digest = BooleanField("Send me a daily digest of my inbox")
