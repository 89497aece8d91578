// Cards: one opens at a time, lies over the margin, and points at its passage.
//
// What is typed into a note is kept in this browser until the server has it.

import * as drafts from './drafts.mjs';
import * as outbox from './outbox.mjs';
import {paint, wipe} from './paint.mjs';
import * as server from './server.mjs';
import {swapAll} from './swap.mjs';
import {main, passageOf, rangeOf} from './text.mjs';
import * as toast from './toast.mjs';
import {restoreDraft} from './card-drafts.mjs';

const CURRENT = 'current';
const POINTED = 'pointed';
const {address} = main.dataset;
const ROOM = 80; // px about a passage that is brought into view

export const openCard = () => main.querySelector('.card[open]');
export const fullOf = card => card?.querySelector('.card-full') ?? null;
export const cardOf = id => document.getElementById(`a${id}`);
const inSheet = id => document.querySelector(`.sheet .card-full[data-annotation="${id}"]`);

// Mark one's own cards: a drawn block is the same for every reader.
export function markOwn(section) {
  for (const card of section.querySelectorAll(`.card[data-annotator="${document.body.dataset.account}"]`)) card.classList.add('own');
}

// Open a card and bring it into view; resolves when its body is there.
export async function open(card) {
  card.open = true;
  card.querySelector('summary').focus({preventScroll: true});
  await fill(card);
  card.scrollIntoView({block: 'nearest'});
}

// Bring a card's passage into view: on a small screen above the sheet that the card is.
export function showPassage(card) {
  const {top} = rangeOf(Number(card.dataset.start), Number(card.dataset.end)).getBoundingClientRect();
  const highest = Math.max(0, document.querySelector('.masthead').getBoundingClientRect().bottom);
  const lowest = matchMedia('(max-width: 46rem)').matches ? 0 : innerHeight - ROOM;
  if (top < highest || top > lowest) scrollBy(0, top - highest - ROOM);
}

export function close(card) {
  card.open = false;
  passageOf(card.closest('.block'))?.focus({preventScroll: true});
}

// Open a card and put the cursor into its note.
export async function writeNote(card) {
  await open(card);
  card.querySelector('.note-form textarea')?.focus();
}

// Open a card and put the cursor into a new comment.
export async function writeComment(card) {
  await open(card);
  card.querySelector('.comment-form textarea')?.focus();
}

// Change an annotation: fields beside its version, as its own forms send them.
export function change(full, fields, said) {
  const form = full.querySelector('.note-form');
  if (!form) {
    toast.show('You may not change this annotation: it is a colleague’s.');
    return;
  }
  send(full.dataset.annotation, form.action, {version: full.dataset.version, ...fields}, said);
}

export function remove(full) {
  const form = full.querySelector('.delete-form');
  if (form) send(full.dataset.annotation, form.action, {version: full.dataset.version}, 'delete');
  else toast.show('You may not delete this annotation: it is a colleague’s.');
}

// `field` is the text area that a comment or a reason was typed into, by its id.
export function send(annotation, url, fields, said, field = null) {
  outbox.add({key: outbox.newKey(), kind: 'change', url, address, fields, annotation, said, field});
}

const loading = new WeakMap();

function fill(card) {
  if (fullOf(card)) return Promise.resolve();
  if (!loading.has(card)) loading.set(card, load(card).finally(() => loading.delete(card)));
  return loading.get(card);
}

// The body of a card, once it is there; null where it could not be had.
export async function whenFilled(card) {
  await fill(card);
  return fullOf(card);
}

async function load(card) {
  const answer = await server.get(`/annotations/${card.dataset.annotation}/card${location.search}`);
  const body = card.querySelector('.body');
  const full = answer.body?.querySelector('.card-full');
  if (answer.status === 200 && full) {
    body.replaceChildren(full);
    restoreDraft(full);
  } else {
    const words = document.createElement('p');
    words.className = 'problem';
    words.textContent = server.messageOf(answer);
    body.querySelector(':scope > .problem')?.remove(); // of the time before
    body.prepend(words);
  }
}

export const pointAt = card => point(CURRENT, card);

function point(name, card) {
  paint(name, 'card', Number(card.dataset.start), Number(card.dataset.end));
}

outbox.listen('change', {
  changed(act, state, message, answer) {
    if (act.address !== address || state === outbox.WAITING) return;
    if (state === outbox.REFUSED) {
      refuse(act, message, answer);
      return;
    }
    cardOf(act.annotation)?.classList.add('unsent');
    const isOut = state === outbox.SIGNED_OUT;
    const kept = act.isKept === false ? 'It is in this page alone: leave it open.' : 'It is kept here and sent again.';
    const action = isOut ? {label: 'Sign in', act: signIn} : {label: 'Send now', act: outbox.retry};
    toast.show(`Not saved yet: ${message} ${kept}`, [action], {stays: true});
  },
  done(act, answer) {
    if (act.address !== address) return;
    const message = answer.body.querySelector('.message').textContent;
    const full = answer.body.querySelector('.answer-card .card-full');
    if (act.field && drafts.readText(act.field)?.text === textOfAct(act)) drafts.forgetText(act.field);
    restoreDraft(full);
    inSheet(act.annotation)?.replaceWith(document.importNode(full, true));
    swapAll(answer.body, {own: act.annotation, body: full});
    main.dispatchEvent(new CustomEvent('acted', {detail: {message, answer: answer.body, said: act.said}}));
  },
});

const textOfAct = ({fields}) => fields.text ?? fields.reason;

// Show why an act was refused, beside what was typed. It is let go of once it can be seen.
function refuse(act, message, answer) {
  const fresh = answer.body?.querySelector('.card-full');
  const card = cardOf(act.annotation);
  const full = fullOf(card) ?? inSheet(act.annotation);
  if (!fresh || !(full || card)) {
    const discard = {label: 'Discard', act: () => outbox.discard(act.key)};
    toast.show(`Not saved: ${message}`, [discard], {stays: true, typed: textOfAct(act) ?? act.fields.note});
    return;
  }
  const hadFocus = full?.contains(document.activeElement);
  if (act.field) keepRefused(act, fresh);
  const draft = drafts.read(act.annotation);
  if (draft) drafts.keep(act.annotation, draft.note, fresh.dataset.version);
  if (full) full.replaceWith(fresh);
  else card.querySelector('.body').replaceChildren(fresh);
  if (card) card.open = true;
  restoreDraft(fresh);
  fresh.classList.toggle('unsaved', draft !== null);
  card?.classList.remove('unsent');
  if (hadFocus) fresh.querySelector('.problem')?.focus();
  outbox.discard(act.key);
  toast.show(message);
}

export function signIn() {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}

// What was refused goes back to where it was typed; what was typed there since comes after it.
function keepRefused({field, said, ...act}, fresh) {
  const sent = textOfAct(act);
  const since = said === 'comment-form' ? drafts.readText(field)?.text : '';
  const text = since && since !== sent ? `${sent}\n\n${since}` : sent;
  const version = fresh.querySelector(`#${field}`)?.form.elements.comment_version?.value;
  drafts.keepText(field, text, version, Boolean(act.fields.question));
}

main.addEventListener(
  'toggle',
  event => {
    const card = event.target;
    if (!card.matches?.('.card')) return;
    if (card.open) {
      point(CURRENT, card);
      fill(card);
    } else if (!openCard()) {
      wipe(CURRENT, 'card');
    }
  },
  true,
);

main.addEventListener('click', event => {
  const card = event.target.closest('.card');
  if (card && event.target.closest('[data-act="close"]')) close(card);
});

document.addEventListener('submit', event => {
  const full = event.target.closest('.card-full');
  if (!full) return;
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(event.target, event.submitter));
  delete fields.csrf_token;
  const area = event.target.querySelector('.discussion textarea');
  if (event.target.matches('.comment-form')) {
    fields.client_key = outbox.newKey(); // what is written next is another comment
    drafts.forgetText(area.id);
    showUnsent(event.target, fields.text);
    area.value = '';
    area.defaultValue = ''; // what was refused before stands there, too
    event.target.elements.question.checked = false;
    area.focus({preventScroll: true});
  }
  send(full.dataset.annotation, event.target.action, fields, event.target.className, area?.id);
});

// Show a comment on its way: it is in the outbox, and its field is free for the next.
function showUnsent(form, text) {
  const line = document.createElement('p');
  line.className = 'said unsent-comment';
  line.dir = 'auto';
  line.textContent = text;
  form.before(line);
}

// Send a form as it stands. A reason goes with the stance that one has; without one, one is chosen.
function submit(form) {
  const choices = [...form.querySelectorAll('button[name="value"]')];
  const mine = choices.find(button => 'mine' in button.dataset);
  if (choices.length && !mine) choices[0].focus();
  else form.requestSubmit(mine);
}

document.addEventListener('keydown', event => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target.matches('textarea')) {
    event.preventDefault();
    submit(event.target.form);
  }
});

for (const [type, isOn] of [['mouseover', true], ['mouseout', false], ['focusin', true], ['focusout', false]]) {
  main.addEventListener(type, event => {
    const card = event.target.closest?.('.card');
    if (card && isOn) point(POINTED, card);
    else if (card) wipe(POINTED, 'card');
  });
}
