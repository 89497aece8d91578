// Tagging the selected passage: painted at the press, a mark when the server has it. The selection
// stays, so that it takes several tags; the same tag once more takes back what was just made.

import {send, signIn} from './acts.mjs';
import {cardOf, leaveOpen, writeNote} from './cards.mjs';
import * as drafts from './drafts.mjs';
import * as earlyNote from './early-note.mjs';
import {addLine} from './margin.mjs';
import * as outbox from './outbox.mjs';
import {paint, wipe} from './passage-paint.mjs';
import * as swap from './swap.mjs';
import {blockAt, main, passageOf} from './text.mjs';
import * as toast from './toast.mjs';

const {address} = main.dataset;
const LONGEST = Number(main.dataset.longest); // code points
const SHOWN = 40; // UTF-16 units of a quote in a message
const PATIENCE = 250; // ms before a line says that a tag is on its way: most are there by then
const lines = new Map(); // key -> the pending line in the margin
const due = new Map(); // key -> the timer that will show it
const SAVED = 'saved'; // the server has it, and its block waits to be swapped
const notes = new Map(); // key -> the field of a note that was begun before its tag was saved
const made = new Map(); // key of the act -> what it made here: {start, end, tag, act, annotation}
const takenBack = new Set(); // keys of what was taken back before the server had it
const listeners = [];
let last = null; // {act, id} of what was tagged last; `id` is null until the server has told it

export const canTag = main.dataset.canTag === 'true';
export const lastTaggedCard = () => (last?.id ? cardOf(last.id) : null);
export const capital = word => word[0].toUpperCase() + word.slice(1);

// Hear that what is tagged here has changed.
export const listen = listener => listeners.push(listener);

function tell() {
  for (const listener of listeners) listener();
}

const isOn = ({start, end}, passage) => start === passage.start && end === passage.end;

// One's own annotation of just this passage that was there before, or null.
function findOwnCard({start, end, first}, name) {
  return first.querySelector(`.card.own.${name}[data-start="${start}"][data-end="${end}"]`);
}

// Whether oneself has given a passage a tag.
export function isTagged(passage, name) {
  return [...made.values()].some(each => each.tag === name && isOn(each, passage)) || findOwnCard(passage, name) !== null;
}

// Tag a passage, or take back the tag that it was just given. Says whether it is tagged now; why
// nothing was done is shown.
export function toggle(passage, name) {
  const before = [...made].find(([, each]) => each.tag === name && isOn(each, passage));
  const hasNote = Boolean(before?.[1].act.note); // one that was begun before the server had the tag
  if (before && !hasNote) {
    takeBack(before[0], name);
    return false;
  }
  if (before || findOwnCard(passage, name)) {
    toast.hint(`You have tagged these words as ${name} before. Its card is beside them.`);
    return false;
  }
  return tag(passage, name);
}

function takeBack(key, name) {
  const {annotation, version, deletion} = made.get(key);
  made.delete(key);
  if (!annotation) takenBack.add(key);
  const act = annotation ? {url: deletion, annotation, fields: {version}} : {url: '', after: key, fields: {}};
  outbox.add({key: outbox.newKey(), kind: 'take-back', address, tag: name, ...act});
  toast.say(`${capital(name)} taken back.`);
  answerAwaited(key, null);
  tell();
}

function tag(passage, name) {
  const key = outbox.newKey();
  const {start, end, quote, prefix, suffix} = passage;
  if (end - start > LONGEST) {
    toast.show(`A passage has at most ${LONGEST.toLocaleString('en')} characters; this has ${(end - start).toLocaleString('en')}. Tag it in parts.`);
    return false;
  }
  const act = outbox.add({
    key,
    kind: 'create',
    url: `${address}/annotations`,
    address,
    fields: {quote, start, prefix, suffix, tag: name, client_key: key},
    passage: {start, end, tag: name},
  });
  made.set(key, {start, end, tag: name, act, annotation: null});
  last = {act, id: null};
  swap.letGo(passage);
  tell();
  return true;
}

function show(act, state, message) {
  if (act.address !== address) return;
  const {start, end, tag: name} = act.passage;
  paint(`pending-${name}`, act.key, start, end);
  if (state === outbox.WAITING && !lines.has(act.key) && !act.note) due.set(act.key, setTimeout(() => showLine(act, state, message), PATIENCE));
  else showLine(act, state, message);
}

function showLine(act, state, message) {
  forgetDue(act);
  const {start, tag: name} = act.passage;
  const line = lines.get(act.key) ?? document.createElement('div');
  line.className = `pending ${name} ${state}`;
  line.dataset.start = start;
  const words = document.createElement('p');
  const bold = document.createElement('b');
  bold.textContent = capital(name);
  const kept = whereKept(act, state);
  const says = {
    [outbox.WAITING]: ' saving…',
    [outbox.FAILING]: ` not saved yet. ${kept} `,
    [outbox.SIGNED_OUT]: ` not saved: ${message} ${kept} `,
    [SAVED]: ' saved',
    [outbox.REFUSED]: ` not saved. ${message} `,
  };
  words.append(bold, says[state]);
  if (line.dataset.says === says[state]) return; // it is sent again, and somebody may be at its buttons
  line.dataset.says = says[state];
  const note = line.querySelector('.early-note, .note') ?? (act.note ? shownNote(act) : null);
  const hadFocus = note && note === document.activeElement;
  line.replaceChildren(words);
  if (state === outbox.FAILING) line.append(button('Send now', outbox.retry));
  if (state === outbox.SIGNED_OUT) line.append(button('Sign in', signIn));
  if (state === outbox.REFUSED) line.append(button('Discard', () => forget(act)));
  if (note) line.append(note);
  lines.set(act.key, line);
  addLine(blockAt(start), line);
  if (hadFocus) note.focus({preventScroll: true});
  if (state === outbox.REFUSED) toast.show(`Not tagged as ${name}: ${message}`, [{label: 'Discard', act: () => forget(act)}], {stays: true});
  else tellOfUnsent(act, state, message, kept);
}

function forgetDue({key}) {
  clearTimeout(due.get(key));
  due.delete(key);
}

// Where what is not saved is kept, and whether it is sent again by itself.
function whereKept(act, state) {
  const isKept = act.isKept !== false;
  if (state === outbox.FAILING) return isKept ? 'It is kept here and sent again.' : 'Leave this page open: it is only here, and sent again.';
  return isKept ? 'It is kept here.' : 'Leave this page open: it is only here.';
}

// What is not saved is said where no card can lie over it, too.
function tellOfUnsent(act, state, message, kept) {
  const quote = `“${act.fields.quote.slice(0, SHOWN)}${act.fields.quote.length > SHOWN ? '…' : ''}”`;
  const words = `${capital(act.passage.tag)} not saved yet: ${quote}. ${message}`;
  if (state === outbox.FAILING) toast.show(`${words} ${kept}`, [{label: 'Send now', act: outbox.retry}], {ofUnsent: true});
  if (state === outbox.SIGNED_OUT) toast.show(`${words} ${kept}`, [{label: 'Sign in', act: signIn}], {ofUnsent: true});
}

function button(label, act) {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'chip';
  made.textContent = label;
  made.addEventListener('click', act);
  return made;
}

function forget(act) {
  outbox.discard(act.key);
  clear(act);
}

function clear(act) {
  forgetDue(act);
  wipe(`pending-${act.passage.tag}`, act.key);
  lines.get(act.key)?.remove();
  lines.delete(act.key);
}

outbox.listen('create', {
  changed(act, state, message) {
    if (state === outbox.REFUSED) {
      made.delete(act.key);
      answerAwaited(act.key, null);
    }
    if (state === outbox.REFUSED && takenBack.has(act.key)) forget(act);
    else show(act, state, message);
    tell();
  },
  done(act, answer) {
    if (act.address !== address) return;
    keep(act.key, answer.body);
    const message = answer.body.querySelector('.message').textContent;
    const id = answer.body.querySelector('.answer').dataset.annotation;
    if (!last || last.act.key === act.key) last = {act, id};
    const drawn = Number(answer.body.querySelector('.block')?.dataset.drawn);
    swap.swapAll(answer.body);
    act.saved = {id, ...answer.body.querySelector('.message').dataset};
    act.isNoteOpen = notes.has(act.key);
    saved.set(act.key, {act, drawn});
    if (!settle(act.key)) show(act, SAVED, '');
    main.dispatchEvent(new CustomEvent('acted', {detail: {message, answer: answer.body, said: 'create'}}));
  },
});

// Know what an act has made, so that it can be taken back.
function keep(key, answer) {
  const {annotation, isNew} = answer.querySelector('.answer').dataset;
  const {change, version} = answer.querySelector('.message').dataset;
  if (isNew !== 'true') made.delete(key);
  else if (made.has(key)) Object.assign(made.get(key), {annotation, version, deletion: `${change}/delete`});
}

outbox.listen('take-back', {
  changed(act, state, message) {
    if (act.address !== address || state === outbox.WAITING) return;
    const isRefused = state === outbox.REFUSED;
    if (isRefused) outbox.discard(act.key);
    const words = isRefused ? `${capital(act.tag)} not taken back: ${message}` : `${capital(act.tag)} not taken back yet: ${message}`;
    toast.show(words, isRefused ? [] : [{label: 'Send now', act: outbox.retry}], {stays: !isRefused});
  },
  done(act, answer) {
    if (act.address !== address) return;
    swap.swapAll(answer.body);
    main.dispatchEvent(new CustomEvent('acted', {detail: {message: `${capital(act.tag)} taken back.`, answer: answer.body, said: 'take-back'}}));
  },
});

// What was deleted, or has another tag by now, is not taken back by a key.
swap.listenToAnswers(answer => {
  const {annotation, deleted} = answer.querySelector('.answer')?.dataset ?? {};
  const now = answer.querySelector('.answer-card .card-full')?.dataset.tag;
  for (const [key, each] of made) {
    if (each.annotation === annotation && (deleted === 'true' || (now && now !== each.tag))) made.delete(key);
  }
  tell();
});

const saved = new Map(); // key -> {act, drawn}: the server has it, and its block, as of that event, may be waiting

// The paint stays until the mark is there, and the line until a note that is being typed in it goes on in the card.
function settle(key) {
  const {act, drawn} = saved.get(key);
  if (Number(blockAt(act.passage.start)?.dataset.drawn) < drawn) return false;
  giveNote(act);
  if (notes.has(key)) return false;
  saved.delete(key);
  clear(act);
  answerAwaited(key, cardOf(act.saved.id));
  return true;
}

swap.listen(fresh => {
  for (const [key, {act}] of saved) {
    if (blockAt(act.passage.start) === fresh) settle(key);
  }
  for (const line of lines.values()) {
    if (!line.isConnected) addLine(blockAt(Number(line.dataset.start)), line);
  }
});

const awaited = []; // {key, done}: who waits for the card of what was tagged

// The card of what was tagged last, once it is there: null where there is nothing to wait for, or nothing comes of it.
export function whenTagged() {
  if (!last || lastTaggedCard() || !(lines.has(last.act.key) || due.has(last.act.key))) return null;
  leaveOpen(); // the card of another, whose block may hold this one's
  return lastTaggedCard() ?? new Promise(done => awaited.push({key: last.act.key, done}));
}

function answerAwaited(key, card) {
  for (const each of awaited.splice(0)) {
    if (each.key === key) each.done(card);
    else awaited.push(each);
  }
}

// Begin a note on what was tagged last, though its card is not there yet. Says whether it could.
export function writeEarlyNote() {
  if (due.has(last?.act.key)) showLine(last.act, outbox.WAITING, '');
  const line = lines.get(last?.act.key);
  if (!line || lastTaggedCard()) return false;
  leaveOpen(); // the card of another, whose block may hold this one's
  if (lastTaggedCard()) {
    writeNote(lastTaggedCard());
    return true;
  }
  const {act} = last;
  if (notes.has(act.key)) {
    earlyNote.focusAtEnd(notes.get(act.key));
    return true;
  }
  line.querySelector('.note')?.remove();
  const area = earlyNote.begin(line, act.note);
  notes.set(act.key, area);
  earlyNote.follow(area, {
    changed: () => keepNote(act, area.value),
    finished: () => finishNote(act, area),
  });
  return true;
}

function keepNote(act, note) {
  act.note = note;
  outbox.keep(act); // it is sent after the tag, whatever becomes of this page
}

function finishNote(act, area) {
  if (notes.get(act.key) !== area) return; // it goes on in the card
  const hadFocus = area === document.activeElement;
  notes.delete(act.key);
  area.remove();
  if (act.note && act.saved) sendNote(act);
  else if (act.note) lines.get(act.key)?.append(shownNote(act));
  if (hadFocus) passageOf(blockAt(act.passage.start)).focus({preventScroll: true});
}

function shownNote(act) {
  const note = document.createElement('p');
  note.className = 'note';
  note.dir = 'auto';
  note.textContent = act.note;
  return note;
}

function sendNote({note, saved: {id, change, version}}) {
  drafts.keep(id, {note}, version);
  send(id, change, {version, note}, 'note-form');
}

// The server has the tag, and its note is still being typed: it goes on in the card.
function giveNote(act) {
  const area = notes.get(act.key);
  const card = area && cardOf(act.saved.id);
  if (!card) return;
  notes.delete(act.key);
  drafts.keep(act.saved.id, {note: area.value}, act.saved.version);
  writeNote(card, area.value);
}
