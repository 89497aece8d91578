// Who has a card open has read what is said there: it is no longer new in their inbox.

import * as live from './live.mjs';

const hasNews = document.querySelector('.unread-count') !== null;
const heard = new Set(); // annotations of which something came while this page was open
const read = new Map(); // annotation -> the last event that was told as read

live.listen('change', change => change.annotation && heard.add(change.annotation));

function look() {
  for (const full of document.querySelectorAll('.card[open] .card-full, .sheet .card-full, main > .card-full')) {
    const {annotation, lastEvent} = full.dataset;
    const isNew = hasNews || heard.has(Number(annotation));
    if (!isNew || document.hidden || !full.querySelector('.comments, .stances') || read.get(annotation) === lastEvent) continue;
    read.set(annotation, lastEvent);
    tell(annotation, lastEvent);
  }
}

// The page may be gone before the answer is here.
function tell(annotation, upTo) {
  const body = new URLSearchParams({annotation, up_to: upTo, csrf_token: document.body.dataset.csrf});
  fetch('/inbox/read', {method: 'POST', body, headers: {'X-Fragment': '1'}, credentials: 'same-origin', keepalive: true}).catch(() => {});
}

new MutationObserver(look).observe(document.body, {childList: true, subtree: true, attributeFilter: ['open', 'data-last-event']});
document.addEventListener('visibilitychange', look);
look();
