"""The forms of accounts. Their rules are the service's; here are their names and words."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, StringField

from app.accounts.models import EMAIL_LIMIT, NAME_LIMIT
from app.accounts.passwords import PASSWORD_MIN

NAME_RULE = f"As colleagues know you; at most {NAME_LIMIT} characters."
PASSWORD_RULE = f"At least {PASSWORD_MIN} characters. A phrase of four words is good."


class AccountForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A form whose inputs name their rules and errors to screen readers."""

    def control(self, name: str, autocomplete: str) -> str:
        """Draw a field's input as HTML; the first one with an error has the focus.

        Its rule and its errors stand in the element with the field's id and "-rule".
        """
        field = self[name]
        drawn: str = field(
            required=True,
            autocomplete=autocomplete,
            autofocus=next(iter(self.errors), None) == name,
            aria_invalid="true" if field.errors else False,
            aria_describedby=f"{field.id}-rule" if field.description or field.errors else False,
        )
        return drawn


class SignUpForm(AccountForm):
    """Create account."""

    name = StringField("Name", description=NAME_RULE)
    email = EmailField("Email", description=f"Used to sign in; at most {EMAIL_LIMIT} characters.")
    password = PasswordField("Password", description=PASSWORD_RULE)


class SignInForm(AccountForm):
    """Sign in."""

    email = EmailField("Email")
    password = PasswordField("Password")
    next = HiddenField()


class NameForm(AccountForm):
    """Change the name."""

    name = StringField("Name", description=NAME_RULE)


class EmailForm(AccountForm):
    """Change the address."""

    email = EmailField("New email", description=f"At most {EMAIL_LIMIT} characters.")
    present = PasswordField("Current password", id="email-present")


class PasswordForm(AccountForm):
    """Change the password."""

    present = PasswordField("Current password")
    password = PasswordField("New password", description=PASSWORD_RULE)


class NewPasswordForm(AccountForm):
    """Set a new password by a link."""

    password = PasswordField("New password", description=PASSWORD_RULE)


class ForgottenForm(AccountForm):
    """Ask for a link that sets a new password."""

    email = EmailField("Email")


class KeysForm(AccountForm):
    """Switch single-letter keys on or off, and what a key that tags does next."""

    letter_keys = BooleanField("Single letters and digits act in the text")
    steps_on = BooleanField("After tagging by key, select the next sentence")


class DigestForm(AccountForm):
    """Ask for the daily digest, or for none."""

    daily_digest = BooleanField("Send me a daily digest of my inbox")
