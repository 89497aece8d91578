// This page's line to the switchboard: hears what others do, as long as the page is shown.

import {connect, CLOSED} from './switchboard.mjs';

const ALIVE = 30_000; // ms between two signs of life
const UNANSWERED = 2; // of them, after which the switchboard counts as dead

const {account, place} = document.body.dataset;
const page = document.getElementById('main')?.dataset ?? {};
const article = Number(page.article) || null;
const listeners = {};
let position = page.drawn === undefined ? null : Number(page.drawn);
let port = null;
let unanswered = 0;

// Hear of a kind of message: (data, id); of the kind "state": OPEN or CLOSED.
export function listen(kind, listener) {
  (listeners[kind] ??= []).push(listener);
}

export function start() {
  if (!place) return;
  port = dial();
  hello();
  setInterval(sayAlive, ALIVE);
  addEventListener('pagehide', () => port.postMessage({goodbye: true}));
  addEventListener('pageshow', event => event.persisted && hello());
  addEventListener('online', () => hello({isOnline: true}));
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && hello());
}

const me = () => ({account, place, article, position});

function hello(more = {}) {
  port.postMessage({hello: {...me(), ...more}});
}

function sayAlive() {
  if (unanswered >= UNANSWERED) dialAnew();
  unanswered += 1;
  port.postMessage({alive: me()});
}

// The browser may have ended the worker, and tells nobody.
function dialAnew() {
  port.postMessage({goodbye: true});
  port.close();
  port = dial();
  unanswered = 0;
}

function dial() {
  if (!globalThis.SharedWorker) return dialHere();
  const worker = new SharedWorker(new URL('switchboard-worker.mjs', import.meta.url), {type: 'module', name: `gloss ${account}`});
  worker.onerror = () => {
    port = dialHere();
    hello();
  };
  worker.port.onmessage = hear;
  return worker.port;
}

// Where pages cannot share a worker, each has a stream of its own.
function dialHere() {
  const {port1, port2} = new MessageChannel();
  connect(port2);
  port1.onmessage = hear;
  return port1;
}

function hear({data: {alive, state, kind, id, data}}) {
  unanswered = 0;
  if (alive) return;
  if (id && position !== null) {
    // What was on its way when the stream was opened again comes twice. Who is behind may have heard
    // of events that the server has lost: a backup was put back.
    if (id <= position && kind !== 'behind') return;
    position = id;
  }
  for (const listener of listeners[state ? 'state' : kind] ?? []) listener(state ?? data, id);
}

export {CLOSED};
