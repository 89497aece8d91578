// The outbox: every act is kept in this browser until the server has acknowledged it.
//
// Acts are sent one after another. One that fails stays and is sent again with the same key, also
// after a reload or a new sign-in, so that it is done once and never lost. One that the server
// refuses is set aside until the person has read why.

import * as drafts from './drafts.mjs';
import * as server from './server.mjs';
import * as store from './store.mjs';

const WAITS = [1, 2, 4, 8, 15, 30]; // seconds
const TRIES_OF_A_FAULT = 4; // of the server's own, before the act is set aside
const KIND = 'outbox';

const listeners = new Map();
const queue = [];
let isSending = false;
let tries = 0;
let timer = null;

const PASSING = [0, 408, 429, 502, 503, 504]; // no answer, too slow, too many, or stopping

export const WAITING = 'waiting';
export const SIGNED_OUT = 'signed-out';
export const FAILING = 'failing';
export const REFUSED = 'refused';

export function newKey() {
  return crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');
}

// An act: {key, url, fields, kind, …}, and a `note` that was typed since it was made. One that is
// `after` another, by its key, takes that back. The listener of its kind hears of it:
// changed(act, state, message), and done(act, answer) once the server has it.
export function listen(kind, listener) {
  listeners.set(kind, listener);
}

export function add(act) {
  const whole = {...act, at: Date.now()};
  whole.isKept = store.keep(KIND, whole.key, whole);
  enqueue(whole);
  return whole;
}

// Keep an act as it is now: something was added to it while it waits.
export const keep = act => queue.includes(act) && store.keep(KIND, act.key, act);

export function start() {
  for (const act of store.all(KIND).sort((one, other) => one.at - other.at)) enqueue(act);
  addEventListener('online', retry);
  addEventListener('focus', retry);
  addEventListener('pageshow', retry);
  addEventListener('beforeunload', event => {
    if (queue.some(act => act.isKept === false)) event.preventDefault(); // the browser kept nothing
  });
}

export function retry() {
  clearTimeout(timer);
  timer = null;
  next();
}

// Let go of an act that was refused.
export function discard(key) {
  store.forget(KIND, key);
  const place = queue.findIndex(act => act.key === key);
  if (place >= 0) queue.splice(place, 1);
  settle(key, null);
  next();
}

// What takes back an act gets its address and version from the answer to that. Without one, or where
// nothing was made that could be taken back, it is let go.
function settle(key, body) {
  const made = body?.querySelector('.answer[data-is-new="true"]');
  for (const act of queue.filter(({after}) => after === key)) {
    if (!made) {
      take(act);
      continue;
    }
    const {change, version} = made.querySelector('.message').dataset;
    Object.assign(act, {url: `${change}/delete`, annotation: made.dataset.annotation, fields: {version}, after: null});
    store.keep(KIND, act.key, act);
  }
}

// Acts on an annotation that were made one after another: the next is over the version before it. But what takes back
// is about what was made: once a note is written on that, it is refused.
function advance(annotation, from, to) {
  for (const act of queue) {
    if (act.annotation !== annotation || act.fields.version !== from || act.kind === 'take-back') continue;
    act.fields.version = to;
    store.keep(KIND, act.key, act);
  }
}

function enqueue(act) {
  if (queue.some(other => other.key === act.key)) return;
  queue.push(act);
  tell(act, 'changed', WAITING, '');
  if (timer === null) next();
}

async function next() {
  if (isSending || queue.length === 0) return;
  isSending = true;
  const act = queue[0];
  // The answer holds drawn blocks: they are filtered as this page is, whenever the act was made.
  const answer = await server.post(act.url.split('?')[0] + location.search, act.fields);
  isSending = false;
  if (answer.status >= 200 && answer.status < 300) {
    tries = 0;
    take(act);
    settle(act.key, answer.body);
    if (act.fields.version) {
      const {version} = answer.body.querySelector('.message').dataset;
      drafts.settle(act, version);
      advance(act.annotation, act.fields.version, version);
    }
    tell(act, 'done', answer);
    if (act.note && !act.isNoteOpen) addNote(act, answer);
  } else if (answer.status === 401) {
    tell(act, 'changed', SIGNED_OUT, server.messageOf(answer));
    return; // a reload or a new sign-in begins again
  } else if (PASSING.includes(answer.status) || (answer.status >= 500 && tries < TRIES_OF_A_FAULT)) {
    tell(act, 'changed', FAILING, server.messageOf(answer));
    timer = setTimeout(retry, 1000 * WAITS[Math.min(tries, WAITS.length - 1)]);
    tries += 1;
    return;
  } else {
    tries = 0;
    queue.shift(); // it stays in the store until it is discarded
    settle(act.key, null);
    tell(act, 'changed', REFUSED, server.messageOf(answer), answer);
  }
  next();
}

// A note that was written while its tag waited: nobody has to have the tag's page open.
function addNote({address, note}, answer) {
  const {change, version} = answer.body.querySelector('.message').dataset;
  const {annotation} = answer.body.querySelector('.answer').dataset;
  drafts.keep(annotation, {note}, version);
  add({key: newKey(), kind: 'change', url: change, address, fields: {version, note}, annotation, said: 'note-form'});
}

function take(act) {
  store.forget(KIND, act.key);
  const place = queue.indexOf(act);
  if (place >= 0) queue.splice(place, 1);
}

function tell(act, event, ...details) {
  listeners.get(act.kind)?.[event]?.(act, ...details);
}
