// What others say in the thread of an open card appears in it. Forms, and what is typed in them, stay.
//
// The block around an open card waits until it is closed: see swap.mjs. What waits here waits only
// while a field with the focus, or an edit that was begun, is in the part that would be replaced.

import {fullOf, openCard, whenFilled} from './cards.mjs';
import * as live from './live.mjs';
import {morph} from './morph.mjs';
import * as server from './server.mjs';

const LINES = ['.why > summary', '.thread > summary']; // with their counts
const PARTS = ['.discussion-said', '.discussion-settled'];

let isDue = false; // something was said that the open card does not show
let isFetching = false;

const shown = () => fullOf(openCard());
const idOf = full => Number(full?.dataset.annotation);

live.listen('change', change => {
  if (change.annotation && change.annotation === idOf(shown())) refresh();
});
live.listen('behind', () => shown() && refresh());
live.listen('state', state => state !== live.CLOSED && openCard() && whenFilled(openCard())); // it may have been opened without a network

async function refresh() {
  isDue = true;
  if (isFetching) return;
  isFetching = true;
  while (isDue) {
    isDue = false;
    const full = shown();
    if (!full) break;
    const {status, body} = await server.get(`/annotations/${full.dataset.annotation}/card${location.search}`);
    const fresh = status === 200 ? body.querySelector('.card-full') : null;
    if (!fresh) break;
    if (full !== shown()) isDue = true; // an act of one's own was answered meanwhile
    else replace(full, fresh);
  }
  isFetching = false;
}

function replace(full, fresh) {
  full.dataset.lastEvent = fresh.dataset.lastEvent;
  for (const line of LINES) {
    const old = full.querySelector(line);
    const next = fresh.querySelector(line);
    if (old && next) morph(old, next);
  }
  for (const part of PARTS) {
    const old = full.querySelector(part);
    const next = fresh.querySelector(part);
    if (!old || !next) continue;
    if (isInUse(old)) waiting = true;
    else if (old.contains(document.activeElement)) morph(old, next); // which keeps the focus
    else old.replaceWith(document.importNode(next, true));
  }
}

let waiting = false;

const isInUse = part => part.querySelector('textarea:focus, input:focus, .fold[open]') !== null;

function goOn() {
  if (!waiting) return;
  waiting = false;
  refresh();
}

document.addEventListener('focusout', event => event.target.closest('.discussion') && setTimeout(goOn));
document.addEventListener('toggle', event => event.target.matches?.('.discussion .fold:not([open])') && goOn(), true);
