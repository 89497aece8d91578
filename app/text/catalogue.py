"""Sentences in which a number decides on more than its noun: a whole one for 1, and for others.

In Python `ngettext("{count:,} row is new.", "{count:,} rows are new.", n).format(count=n)`, and in
templates `{% trans count=n %}`, with `{% pluralize %}`. What makes catalogues of translations looks
for both; theirs would stand here.
"""

from gettext import NullTranslations

CATALOGUE = NullTranslations()
ngettext = CATALOGUE.ngettext
