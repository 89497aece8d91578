// Cards: one opens at a time, lies over the margin, and points at its passage.

import {send} from './acts.mjs';
import * as drafts from './drafts.mjs';
import * as earlyNote from './early-note.mjs';
import {save} from './autosave.mjs';
import {restoreDraft} from './card-drafts.mjs';
import {growAll} from './grow.mjs';
import {reveal} from './margin.mjs';
import {morph} from './morph.mjs';
import {paint, wipe} from './passage-paint.mjs';
import * as server from './server.mjs';
import {goOn} from './swap.mjs';
import {main, passageOf, rangeOf, selectedPassage} from './text.mjs';
import * as toast from './toast.mjs';

const CURRENT = 'current';
const ROOM = 80; // px about a passage that is brought into view
const BESIDE = '.card[open], .toast, .tagbar, dialog, .rail, .strip, .footbar, .list-sheet'; // a press there leaves the card open
const small = matchMedia('(max-width: 46rem)'); // where a card is a sheet at the foot

export const openCard = () => main.querySelector('.card[open]');
export const fullOf = card => card?.querySelector('.card-full') ?? null;
export const cardOf = id => document.getElementById(`a${id}`);
// The card of an annotation that is open, where that goes on in a later block; or its first.
export const shownCard = id => main.querySelector(`.card[open][data-annotation="${id}"]`) ?? cardOf(id);
export const fullShown = id => fullOf(shownCard(id));

// Open a card and bring it into view; resolves when its body is there.
export async function open(card, {takesFocus = true} = {}) {
  reveal(card);
  card.open = true;
  if (takesFocus) card.querySelector('summary').focus({preventScroll: true});
  await fill(card);
  place(card);
  if (small.matches) showPassage(card);
  else card.scrollIntoView({block: 'nearest'});
}

// A sheet that grows, as when its thread is unfolded, does not hide the words that it is about, unless one
// had scrolled away from them.
let isInSight = true;
const sizes = new ResizeObserver(() => {
  const card = openCard();
  if (!card || !small.matches) return;
  if (isInSight) showPassage(card);
  quoteWhileAway(card);
});

function follow(card) {
  isInSight = true;
  sizes.disconnect();
  sizes.observe(card.querySelector('.body'));
}

// Bring a card's passage into view: on a small screen above the sheet that the card is.
export function showPassage(card) {
  const {top} = rangeOf(Number(card.dataset.start), Number(card.dataset.end)).getBoundingClientRect();
  const highest = Math.max(0, document.querySelector('.masthead').getBoundingClientRect().bottom);
  if (top < highest || top > footOf(card) - ROOM) scrollBy(0, top - highest - ROOM);
}

// Where the window ends for what is read: at its foot, or at what lies over that.
function footOf(card) {
  const foot = document.querySelector('.footbar')?.getBoundingClientRect();
  const lowest = foot?.height ? foot.top : innerHeight;
  return small.matches && card.open ? Math.min(lowest, card.querySelector('.body').getBoundingClientRect().top) : lowest;
}

// A card opens upwards where there is no room below; its passage is quoted while it is out of sight.
function place(card) {
  const body = card.querySelector('.body').getBoundingClientRect();
  const above = card.getBoundingClientRect().top - document.querySelector('.masthead').getBoundingClientRect().bottom;
  const isLow = card.classList.contains('flip') ? card.getBoundingClientRect().bottom + body.height > footOf(card) : body.bottom > footOf(card);
  card.classList.toggle('flip', !small.matches && isLow && above > body.height);
  quoteWhileAway(card);
}

function quoteWhileAway(card) {
  const range = rangeOf(Number(card.dataset.start), Number(card.dataset.end));
  if (!range) return;
  const {top, bottom} = range.getBoundingClientRect();
  card.classList.toggle('away', bottom < document.querySelector('.masthead').getBoundingClientRect().bottom || top > footOf(card));
}

export function close(card) {
  card.open = false;
  passageOf(card.closest('.block'))?.focus({preventScroll: true});
}

// Leave the card that is open: what was drawn meanwhile, and waited for it, is shown.
export function leaveOpen() {
  const card = openCard();
  if (!card) return;
  save(fullOf(card));
  card.open = false;
  wipe(CURRENT, 'card');
  goOn();
}

// Open a card and put the cursor at the end of its note, at once: what is typed while the card is
// fetched, after `text`, is the note.
export async function writeNote(card, text = '') {
  reveal(card);
  card.open = true;
  getSelection().removeAllRanges(); // what was tagged is done with
  const area = () => card.querySelector('.note-form textarea');
  if (!fullOf(card)) earlyNote.begin(card.querySelector('.body'), text);
  else if (area()) earlyNote.focusAtEnd(area());
  await open(card, {takesFocus: false});
}

// Open a card and put the cursor into a new comment, perhaps a question.
export async function writeComment(card, {isQuestion = false} = {}) {
  await open(card);
  const form = card.querySelector('.comment-form');
  if (!form) return;
  form.closest('details').open = true;
  if (isQuestion) form.elements.question.checked = true;
  form.elements.text.focus();
}

// Whoever comes by a link, as from the inbox, sees what was said.
export function unfoldThread(full) {
  const thread = full.querySelector('.thread');
  if (thread?.querySelector('.comments, .stances')) thread.open = true;
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
    const early = body.querySelector('.early-note');
    const hadFocus = early && early === document.activeElement;
    for (const other of main.querySelectorAll(`.card[data-annotation="${card.dataset.annotation}"]`)) {
      if (other !== card) other.querySelector('.body').replaceChildren(); // its card in another block
    }
    body.replaceChildren(full);
    restoreDraft(full);
    growAll(full);
    if (early) takeNote(full, early, hadFocus);
    if (card.open) place(card);
  } else {
    const words = document.createElement('p');
    words.className = 'problem';
    words.textContent = server.messageOf(answer);
    body.querySelector(':scope > .problem')?.remove(); // of the time before
    body.prepend(words);
  }
}

function takeNote(full, early, hadFocus) {
  const area = full.querySelector('.note-form textarea');
  if (!area) {
    toast.show('You may not change this annotation: it is a colleague’s.', [], {typed: early.value});
    return;
  }
  earlyNote.handOver(early, area);
  if (hadFocus) earlyNote.focusAtEnd(area);
  else save(full);
  goOn(); // the block waited for it
}

// Show an annotation as it is now, in its card, under the hands of who has that open.
export function renew(id, fresh) {
  const full = fullShown(id);
  if (!full || !fresh) return;
  morph(full, fresh);
  restoreDraft(full);
  growAll(full);
  full.closest('.card')?.dispatchEvent(new Event('renewed', {bubbles: true})); // for what stands in it by a module
}

export function pointAt(card) {
  paint(CURRENT, 'card', Number(card.dataset.start), Number(card.dataset.end));
}

main.addEventListener(
  'toggle',
  event => {
    const card = event.target;
    if (card.matches?.('.card .why[open]')) card.querySelector('textarea').focus({preventScroll: true});
    if (card.matches?.('.card details')) place(card.closest('.card'));
    if (!card.matches?.('.card')) return;
    if (card.open) {
      pointAt(card);
      place(card);
      follow(card);
      fill(card);
      return;
    }
    card.classList.remove('flip');
    save(fullOf(card));
    if (!openCard()) wipe(CURRENT, 'card');
  },
  true,
);

main.addEventListener('click', event => {
  const card = event.target.closest('.card');
  const act = card && event.target.closest('[data-act]')?.dataset.act;
  if (act === 'close') close(card);
  if (act === 'ask') writeComment(card, {isQuestion: true});
});

// What stands in a card is selected only by who begins in it.
function takeInHand(node) {
  const body = openCard()?.querySelector('.body');
  body?.classList.toggle('in-hand', body.contains(node));
}

document.addEventListener('selectionchange', () => takeInHand(getSelection().anchorNode));

// A click elsewhere closes the card; one that began in it, as a drag out of a field, does not.
let isPressedBeside = false;

document.addEventListener(
  'pointerdown',
  event => {
    isPressedBeside = event.target.closest(BESIDE) !== null;
    // A drag over words that begins here must not run through it.
    if (event.pointerType === 'mouse' && event.target.closest('.text')) closeUnlessChoosing();
    takeInHand(event.target);
  },
  true,
);
document.addEventListener(
  'click',
  event => {
    const isBeside = isPressedBeside || event.target.closest(BESIDE);
    isPressedBeside = false;
    if (!isBeside) closeUnlessChoosing();
  },
  true,
);

function closeUnlessChoosing() {
  const card = openCard();
  if (card && !main.matches('.choosing')) card.open = false;
}

// What is copied of the text is the text, though an open card stands between its paragraphs.
document.addEventListener('copy', event => {
  const body = openCard()?.querySelector('.body');
  const selection = getSelection();
  if (!body || selection.isCollapsed || !selection.getRangeAt(0).intersectsNode(body) || body.contains(selection.anchorNode)) return;
  const passage = selectedPassage();
  if (!passage) return;
  event.clipboardData.setData('text/plain', passage.quote);
  event.preventDefault();
});

document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && event.target === document.body && openCard()) close(openCard());
});

// Whoever leaves the page has done with the note: it is sent by the next page, where this one cannot.
addEventListener('pagehide', () => {
  const card = openCard();
  const early = card?.querySelector('.early-note');
  const draft = early?.value && drafts.read(card.dataset.annotation);
  if (draft) {
    const {annotation} = card.dataset;
    drafts.keep(annotation, {note: early.value}, draft.version);
    send(annotation, `/annotations/${annotation}`, {version: draft.version, note: early.value}, 'note-form');
  }
  save(fullOf(card));
});

let isAwaited = false;

addEventListener(
  'scroll',
  () => {
    if (isAwaited || !openCard()) return;
    isAwaited = true;
    requestAnimationFrame(() => {
      isAwaited = false;
      const card = openCard();
      if (!card) return;
      quoteWhileAway(card);
      isInSight = !card.classList.contains('away');
    });
  },
  {passive: true},
);
addEventListener('resize', () => openCard() && place(openCard()));
