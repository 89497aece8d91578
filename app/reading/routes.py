"""The addresses of `reading`, and which view answers each."""

from app.core.lazy import LazyFunction
from app.web.routing import Routes

ANNOTATION = "/annotations/<int:annotation_id>"
COMMENT = f"{ANNOTATION}/comments/<int:comment_id>"
ARTICLE = "/projects/<slug>/articles/<int:article_id>"
RENDERING = "app.reading.pages.rendering.html"

reading = Routes("reading", "app.reading.views.reading_page")
reading.get(ARTICLE, "article")
reading.get(f"{ARTICLE}/rail", "rail")
reading.get(f"{ARTICLE}/print", "printed")
reading.get(f"{ARTICLE}/blocks/<int:number>", "block")
reading.get(f"{ARTICLE}/margins/<int:first>-<int:last>", "margins")
reading.get(f"{ARTICLE}/at/<int:offset>", "at")
reading.get(f"{ARTICLE}/tag", "tag_form")
reading.get("/help", "help_page")
reading.blueprint.add_app_template_global(LazyFunction(RENDERING, "render_sections"), "sections")
reading.blueprint.add_app_template_global(LazyFunction(RENDERING, "render_cards"), "cards")

find = Routes("find", "app.reading.views.find")
find.get(f"{ARTICLE}/find", "hits")

tagging = Routes("tagging", "app.reading.views.tagging")
tagging.post(f"{ARTICLE}/annotations", "create")
tagging.post(ANNOTATION, "change")
tagging.post(f"{ANNOTATION}/delete", "delete")
tagging.post(f"{ANNOTATION}/restore", "restore")
tagging.post(f"{ARTICLE}/undo", "undo")
tagging.post(f"{ARTICLE}/redo", "redo")

annotation = Routes("annotation", "app.reading.views.annotation_card")
annotation.get(ANNOTATION, "permalink")
annotation.get(f"{ANNOTATION}/card", "card")
annotation.get(f"{ANNOTATION}/history", "history")
annotation.get("/projects/<slug>/trash", "trash")

discussion = Routes("discussion", "app.reading.views.discussion")
discussion.post(f"{ANNOTATION}/comments", "write_comment")
discussion.post(COMMENT, "edit_comment")
discussion.post(f"{COMMENT}/delete", "delete_comment")
discussion.post(f"{COMMENT}/restore", "restore_comment")
discussion.post(f"{ANNOTATION}/resolve", "resolve")
discussion.post(f"{ANNOTATION}/reopen", "reopen")
discussion.post(f"{ANNOTATION}/stance", "take_stance")
discussion.post(f"{ANNOTATION}/stance/withdraw", "withdraw_stance")
discussion.get(f"{ANNOTATION}/names", "names")

orphans = Routes("orphans", "app.reading.views.orphans")
orphans.get(f"{ARTICLE}/orphans", "orphan_list")
orphans.get(f"{ANNOTATION}/place", "place")

progress = Routes("progress", "app.reading.views.progress")
progress.post(f"{ARTICLE}/state", "mark")

updates = Routes("updates", "app.reading.views.updates")
updates.get(f"{ARTICLE}/since/<int:event_id>", "since")

who = Routes("who", "app.reading.views.who")
who.get(f"{ARTICLE}/names/parties", "parties")
who.get(f"{ARTICLE}/names/positions", "positions")
who.post(f"{ANNOTATION}/repeat", "repeat")
who.post(f"{ANNOTATION}/author", "give_author_to_all")
who.post(f"{ANNOTATION}/author/undo", "take_back_author")

ROUTES = (reading, find, tagging, annotation, discussion, orphans, progress, updates, who)
