"""The addresses of `codebook`, and which view answers each."""

from app.web.routing import Routes

THEMES = "/projects/<slug>/themes"
THEME = f"{THEMES}/<int:theme_id>"

codebook = Routes("codebook", "app.codebook.views")
codebook.get(THEMES, "themes")
codebook.post(THEMES, "make")
codebook.get(THEME, "theme")
codebook.get("/projects/<slug>/articles/<int:article_id>/themes", "names")
codebook.post(THEME, "change")
codebook.post(f"{THEME}/move", "move")
codebook.post(f"{THEME}/archive", "archive")
codebook.post(f"{THEME}/restore", "restore")
codebook.post(f"{THEME}/merge", "merge")
codebook.post(f"{THEMES}/undo-merge", "undo_merge")
codebook.get(f"{THEMES}/import", "choose_file")
codebook.post(f"{THEMES}/import", "import_file")
codebook.post(f"{THEMES}/imports/<int:event_id>/undo", "undo_import")

ROUTES = (codebook,)
