// The number of unread items beside the inbox: it falls when one is read, and rises as something comes.

import {gather} from './gather.mjs';
import * as live from './live.mjs';
import * as server from './server.mjs';

const PAUSE = 2_000; // ms between two times that it is asked for
const place = document.getElementById('unread');

export const isZero = () => place.querySelector('.unread-count') === null;

// Say that something was read, and show how much is left. The page may be gone before the answer is here.
export async function markRead(fields) {
  const body = new URLSearchParams({...fields, csrf_token: document.body.dataset.csrf});
  try {
    const answer = await fetch('/inbox/read', {method: 'POST', body, headers: {'X-Fragment': '1'}, credentials: 'same-origin', keepalive: true});
    if (answer.ok) show(server.parse(await answer.text()));
  } catch {
    // it is told the next time
  }
}

function show(body) {
  place.replaceChildren(...document.importNode(body, true).childNodes);
}

async function refresh() {
  const {status, body} = await server.get('/inbox/unread');
  if (status === 200) show(body);
}

live.listen('inbox', gather(PAUSE, refresh));

// A page that says no position hears nothing of what came while it was on its way, or while there was no stream.
const hasPosition = document.getElementById('main')?.dataset.drawn !== undefined;
live.listen('state', state => state !== live.CLOSED && !hasPosition && refresh());
