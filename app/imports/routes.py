"""The addresses of `imports`, and which view answers each."""

from app.web.routing import Routes

IMPORTS = "/projects/<slug>/imports"
IMPORT = f"{IMPORTS}/<int:import_id>"

imports = Routes("imports", "app.imports.views")
imports.get(IMPORTS, "choose_file")
imports.post(IMPORTS, "bring")
imports.get(IMPORT, "look")
imports.post(f"{IMPORT}/choices", "choose")
imports.post(f"{IMPORT}/add", "add")
imports.post(f"{IMPORT}/again", "start_again")
imports.post(f"{IMPORT}/discard", "discard")

ROUTES = (imports,)
