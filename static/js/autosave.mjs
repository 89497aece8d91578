// What one says of a passage in its card is saved by itself: after a pause, when one leaves its field or
// closes the card, and at Ctrl+Enter. Its state stands beside it.
//
// Where someone else has changed the annotation meanwhile, both versions are shown, and one saves by hand.

import {send} from './acts.mjs';
import * as outbox from './outbox.mjs';

const PAUSE = 4_000; // ms without a key: each save is a change in the history, and what is typed is kept here anyway
const SAVING = 'Saving…';
const SAVED = 'Saved';

const onTheWay = new Set(); // annotations with a save that was not answered yet
let timer = null;

const isText = control => control.matches('textarea, input[type="text"]');
const isChanged = control => (isText(control) ? control.value.trim() !== control.defaultValue.trim() : false);
const textsOf = form => [...form.elements].filter(control => control.name && isText(control));

// Send what is typed in a card and not saved. What is typed on while it is sent goes after it.
export function save(full) {
  const form = full?.querySelector('.note-form');
  if (!form || full.matches('.asks') || onTheWay.has(full.dataset.annotation)) return;
  const changed = textsOf(form).filter(isChanged).map(({name, value}) => [name, value]);
  if (changed.length) sendFields(full, Object.fromEntries(changed));
}

export function sendFields(full, fields) {
  const form = full.querySelector('.note-form');
  clearTimeout(timer);
  onTheWay.add(full.dataset.annotation);
  show(full, SAVING);
  send(full.dataset.annotation, form.action, {version: form.elements.version.value, ...fields}, 'note-form');
}

// Say beside a card's fields what becomes of them.
export function show(full, words) {
  const state = full.querySelector('.state');
  if (state) state.replaceChildren(words);
}

// The server has a save, or has refused it.
export function settle(annotation, full, {isSaved}) {
  onTheWay.delete(annotation);
  if (!full) return;
  full.classList.remove('failing');
  const isMore = textsOf(full.querySelector('.note-form') ?? document.createElement('form')).some(isChanged);
  show(full, isSaved ? (isMore ? SAVING : SAVED) : '');
  if (isSaved && isMore && !full.contains(document.activeElement)) save(full);
}

// A save could not be sent yet: it is sent again by itself, or at a press.
export function fail(full) {
  full.classList.add('failing');
  const state = full.querySelector('.state');
  if (state?.querySelector('button')) return; // it failed again, and somebody may be at the button
  const again = document.createElement('button');
  again.type = 'button';
  again.className = 'chip';
  again.textContent = 'Try again';
  again.addEventListener('click', outbox.retry);
  const words = document.createElement('span');
  words.setAttribute('role', 'alert');
  words.textContent = 'Not saved yet';
  state?.replaceChildren(words, ' ', again);
}

const fullOf = target => (target.closest?.('.note-form') ? target.closest('.card-full') : null);

document.addEventListener('input', event => {
  const full = fullOf(event.target);
  if (!full || !isText(event.target)) return;
  clearTimeout(timer);
  timer = setTimeout(() => save(full), PAUSE);
  if (!full.matches('.asks, .failing')) show(full, isChanged(event.target) ? SAVING : '');
});

// What is chosen, and not typed, is saved at once.
document.addEventListener('change', event => {
  const full = fullOf(event.target);
  if (full && !isText(event.target) && !event.target.matches('[role="combobox"]')) sendFields(full, {[event.target.name]: event.target.value});
});

document.addEventListener('focusout', event => {
  const full = fullOf(event.target);
  if (full?.isConnected) save(full);
});
