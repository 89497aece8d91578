// Who has a card open has read what is said there: it is no longer new in their inbox.

import {gather} from './gather.mjs';
import * as live from './live.mjs';
import * as unread from './unread.mjs';

const PAUSE = 500; // ms between two times that it is looked for
const heard = new Set(); // annotations of which something came while this page was open
const read = new Map(); // annotation -> the last event that was told as read

live.listen('change', change => change.annotation && heard.add(change.annotation));

function look() {
  for (const full of document.querySelectorAll('.card[open] .card-full, main > .card-full')) {
    const {annotation, lastEvent} = full.dataset;
    const isNew = !unread.isZero() || heard.has(Number(annotation));
    if (!isNew || document.hidden || !full.querySelector('.comments, .stances') || read.get(annotation) === lastEvent) continue;
    read.set(annotation, lastEvent);
    unread.markRead({annotation, up_to: lastEvent});
  }
}

// Not at each of the many changes that one act makes.
new MutationObserver(gather(PAUSE, look)).observe(document.body, {childList: true, subtree: true, attributeFilter: ['open', 'data-last-event']});
document.addEventListener('visibilitychange', look);
window.addEventListener('pagehide', look); // who leaves sooner has read it too
look();
