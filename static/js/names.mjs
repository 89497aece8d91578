// Who says it, to whom, and the position, on the card of an annotation: chosen in a combobox of what the server finds,
// and saved at once. A sign before a position says the side.

import {sendFields, show} from './autosave.mjs';
import {keepTyped} from './card-drafts.mjs';
import * as cards from './cards.mjs';
import {hide, isDismissed, outdate, suggest, takeFirst} from './combobox.mjs';
import * as server from './server.mjs';
import {main, passageOf} from './text.mjs';
import * as toast from './toast.mjs';

const FIELD = '.name-line [role="combobox"]';
const SIDES = {'+': 'for', '-': 'against', '\u2212': 'against'};
const LABELS = {party: 'Parties', position: 'Positions'};

const asks = new WeakMap(); // field -> {typed, options, isKnown, then}: what was asked last; `then` is the key that waits for the answer

const lineOf = field => field.closest('.name-line');
const kindOf = field => lineOf(field).dataset.field;
const isAsking = field => asks.has(field) && !asks.get(field).options;
const isOpen = field => field.getAttribute('aria-expanded') === 'true';
const isChanged = field => field.value.trim() !== field.defaultValue.trim();
const idsOf = field => lineOf(field).querySelector('input[name="addressees"]').value.split(';').filter(Boolean);

// What is typed, without the sign of a side: {side, words}.
function read(field) {
  const typed = field.value.trim();
  const side = kindOf(field) === 'position' && isChanged(field) ? SIDES[typed[0]] : undefined;
  return side ? {side, words: typed.slice(1).trim()} : {side: '', words: typed};
}

// Ask the server what begins with the words in a field. A key that was pressed before the answer is done with it: who
// pressed it has gone on.
async function ask(field, {words, then = null}) {
  const mine = {typed: words, options: null, isKnown: false, then};
  asks.set(field, mine);
  outdate(field);
  const answer = await server.get(`${lineOf(field).dataset.names}?q=${encodeURIComponent(words)}`);
  if (asks.get(field) !== mine || !field.isConnected) return; // more was typed, or it is kept as a draft
  if (answer.status !== 200) {
    asks.delete(field);
    toast.hint(`Nothing can be looked up now: ${server.messageOf(answer)}`);
    return;
  }
  const list = answer.body.querySelector('.suggestions');
  mine.isKnown = list.dataset.isKnown === 'true';
  mine.options = [...list.querySelectorAll('li')].map(item => ({
    id: item.dataset.id,
    name: item.querySelector('b').textContent,
    about: item.querySelector('small')?.textContent ?? '',
    isNear: item.matches('.near'),
  }));
  if (!mine.then) {
    if (document.activeElement === field && !isDismissed(field)) offer(field);
    return;
  }
  const [first] = untaken(field, mine.options);
  if (first && !first.isNear) give(field, first);
  else if (mine.then === 'Enter' && document.activeElement.matches('body, .passage')) returnTo(field);
  else tellOpen(field);
}

// Nothing begins with what was typed: what is like it is shown, or the new name waits for the second Enter.
function returnTo(field) {
  const {options} = asks.get(field);
  asks.get(field).then = null;
  field.focus({preventScroll: true});
  offer(field);
  if (!untaken(field, options).length) takeFirst(field);
}

function untaken(field, options) {
  const taken = kindOf(field) === 'addressees' ? idsOf(field) : [];
  return options.filter(({id}) => !taken.includes(id));
}

function offer(field) {
  const {typed, options, isKnown} = asks.get(field);
  const {what} = lineOf(field).dataset;
  suggest(field, untaken(field, options), {
    typed,
    what,
    label: LABELS[what],
    choose: ({id, name}, key) => choose(field, {id, name}, key),
    make: isKnown ? null : (name, key) => choose(field, {name}, key),
  });
}

// After Enter one goes on in the text, after Tab in the next field.
function choose(field, chosen, key) {
  give(field, chosen);
  if (key !== 'Tab') goBack(field);
}

// Give what was chosen, or a new name where it has no id.
function give(field, {id, name}) {
  const {side} = read(field);
  const kind = kindOf(field);
  const fields = {
    party: () => (id ? {party: id} : {party_answer: `new:${name}`}),
    position: () => ({...(id ? {position: id} : {position_answer: `new:${name}`}), ...(side && {side})}),
    addressees: () => ({addressee_answer: id ?? `new:${name}`}), // beside those that it has when that is done
  }[kind]();
  if (side) tick(field, side);
  settle(field, kind === 'addressees' ? '' : name);
  sendFields(field.closest('.card-full'), fields);
}

// What stands in a field is on its way: it is no draft any more.
function settle(field, value) {
  asks.delete(field);
  field.value = value;
  field.defaultValue = value;
  keepTyped(field.closest('.card-full'));
}

function tick(field, side) {
  lineOf(field).querySelector(`input[name="side"][value="${side}"]`).checked = true;
}

// The next key is one of the text again.
function goBack(field) {
  const card = field.closest('.card');
  if (card && main.contains(card)) passageOf(card.closest('.block'))?.focus({preventScroll: true});
}

function enter(field) {
  const {side, words} = read(field);
  if (isAsking(field)) {
    asks.get(field).then = 'Enter';
  } else if (!field.value.trim() && field.dataset.answer) {
    const {answer} = field.dataset;
    settle(field, field.placeholder);
    sendFields(field.closest('.card-full'), {party_answer: answer});
  } else if (isChanged(field) && words) {
    ask(field, {words, then: 'Enter'});
  } else if (side) {
    tick(field, side);
    settle(field, field.defaultValue);
    sendFields(field.closest('.card-full'), {side});
  } else {
    saveEmptied(field);
  }
  if (document.activeElement === field) goBack(field);
}

// A name that was taken out is saved so.
function saveEmptied(field) {
  const kind = kindOf(field);
  if (field.value.trim() || !field.defaultValue || kind === 'addressees') return;
  settle(field, '');
  sendFields(field.closest('.card-full'), {[kind]: ''});
}

function takeOff(chip) {
  const field = lineOf(chip).querySelector(FIELD);
  chip.remove();
  field.focus({preventScroll: true});
  sendFields(field.closest('.card-full'), {addressee_drop: chip.value});
}

// Open a card, which may be on its way, and put the cursor into one of its fields; what is typed meanwhile goes into it.
export async function chooseName(coming, kind) {
  const early = beginEarly();
  const card = await coming;
  if (card) await cards.open(card, {takesFocus: false});
  const hasFocus = early.leave();
  if (early.isLeft) return;
  const full = cards.fullOf(card);
  const field = full?.querySelector(`.name-line[data-field="${kind}"] [role="combobox"]`);
  if (!field) {
    if (hasFocus) early.from.focus({preventScroll: true});
    if (full) toast.hint(full.querySelector('.note-form') ? 'Only a demand says to whom.' : 'You may not say this of it: it is a colleague’s.');
    return;
  }
  if (!early.isEntered) {
    field.focus({preventScroll: true});
    field.select();
  }
  if (early.value) {
    field.value = early.value;
    field.dispatchEvent(new InputEvent('input', {bubbles: true}));
  }
  if (early.isEntered) enter(field);
}

// A field for what is typed before its own is there. With Enter one goes on in the text; Escape, or going elsewhere,
// leaves it.
function beginEarly() {
  const from = main.querySelector('.passage[tabindex="0"]') ?? document.body;
  const input = document.createElement('input');
  const early = {from, value: '', isEntered: false, isLeft: false, leave};
  function leave() {
    const hasFocus = input === document.activeElement;
    early.value = input.value;
    input.removeEventListener('blur', drop);
    input.remove();
    return hasFocus;
  }
  function drop() {
    early.isLeft = true;
    leave();
  }
  input.className = 'visually-hidden';
  input.autocomplete = 'off';
  input.setAttribute('aria-label', 'Name');
  input.addEventListener('blur', drop);
  input.addEventListener('keydown', event => {
    if (event.isComposing || !['Enter', 'Escape'].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    early.isEntered = event.key === 'Enter';
    early.isLeft = !early.isEntered;
    leave();
    from.focus({preventScroll: true});
  });
  main.append(input);
  input.focus({preventScroll: true});
  return early;
}

// Let an annotation say what one's last of its tag says.
export async function repeatLast(card) {
  await cards.open(card, {takesFocus: false});
  const form = cards.fullOf(card)?.querySelector('.repeat-form');
  if (form) form.requestSubmit();
  else toast.hint('You may not say this of it: it is a colleague’s.');
}

document.addEventListener('input', event => {
  const field = event.target;
  if (!field.matches(FIELD)) return;
  const {words} = read(field);
  if (words) {
    ask(field, {words});
  } else {
    asks.delete(field);
    hide();
  }
});

// The card was drawn again under the field.
document.addEventListener('renewed', () => {
  const field = document.activeElement;
  if (!field?.matches(FIELD)) return;
  if (asks.get(field)?.options && !isDismissed(field)) offer(field);
  else hide();
});

document.addEventListener('click', event => {
  const chip = event.target.closest('.name-line button[name="addressee_drop"]');
  if (!chip) return;
  event.preventDefault();
  takeOff(chip);
});

document.addEventListener('keydown', event => {
  const field = event.target;
  if (!field.matches(FIELD) || event.isComposing) return;
  if (event.key === 'ArrowDown' && !isOpen(field)) {
    event.preventDefault();
    ask(field, {words: isChanged(field) ? read(field).words : ''});
  } else if (event.key === 'Backspace' && !field.value && kindOf(field) === 'addressees') {
    const last = [...lineOf(field).querySelectorAll('button[name="addressee_drop"]')].pop();
    if (last) takeOff(last);
  } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    enter(field);
  } else if (event.key === 'Tab' && isAsking(field)) {
    asks.get(field).then = 'Tab';
  } else if (event.key === 'Escape') {
    event.preventDefault();
    const wasChanged = isChanged(field);
    settle(field, field.defaultValue);
    const card = field.closest('.card');
    if (!wasChanged && card && main.contains(card)) cards.close(card);
  }
});

// What is no name yet is kept as it was typed, and said to be open.
document.addEventListener('focusout', event => {
  const field = event.target;
  if (!field.matches(FIELD) || !field.isConnected) return;
  saveEmptied(field);
  if (isChanged(field) && !asks.get(field)?.then) tellOpen(field);
});

function tellOpen(field) {
  show(field.closest('.card-full'), `“${field.value.trim()}” is not saved: choose it in the list, or press Enter.`);
}
