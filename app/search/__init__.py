"""Search: one index of texts, notes and threads, and the language in which it is asked.

For other rooms:

- `read_query(typed)` in `app/search/query.py` reads what somebody typed, never fails, and says in
  `notice` what the page has to tell of it. A form names `LONGEST_QUERY`.
- `WordLook(session, query).condition()` in `app/search/queries/annotations.py` is a condition on
  `Annotation`, for `where()`: every word is in the sentences that it stands in, its note or its
  thread. It knows nothing of visibility: it stands beside `sql_can_see` and the rest of the filter.
- `find_few(session, query)` there gives the ids themselves where no word is common: a list that
  begins with these few takes no way through the project.
- `has_words(session, query)` in `app/search/queries/articles.py` is a condition on `Article`, and
  `words_found` says by which words where.
- `find_places(session, member, query, …)` in `app/search/queries/texts.py` gives every place in the
  current texts of a project, tagged or not, page by page; `places_in` those in one text;
  `list_tags` and `list_tagged_places` what a member sees tagged there.
- `Context` in `app/search/concordance.py` is what stands beside a place, and what it is sorted by.
- `marked(text, query)` in `app/search/hits.py` gives the ranges of the hits in any text, and
  `count_groups` how much of the search it has.
"""
