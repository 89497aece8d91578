"""The addresses of `web`, and which view answers each."""

from app.web.routing import Routes
from app.web.static import ADDRESS

health = Routes("health", "app.web.health")
health.get("/health", "health")
health.get("/ready", "ready")

files = Routes("files", "app.web.static")
files.get(f"{ADDRESS}<content_hash>/<path:name>", "static_file")

ROUTES = (health, files)
