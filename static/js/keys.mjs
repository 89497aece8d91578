// The keyboard: what the keys do in the text, digits to tag.
//
// Shift with ← and → stays the browser's own: it extends the selection that stands here. Keys act
// only while the focus or the selection is in the text, and none that the browser or a screen
// reader uses is taken (WCAG 2.1.4).

import * as bar from './bar.mjs';
import * as cards from './cards.mjs';
import * as places from './places.mjs';
import * as sentences from './sentences.mjs';
import * as tagbar from './tagbar.mjs';
import {canTag, capital, lastTaggedCard, retag, tag} from './tagging.mjs';
import {main, selectedPassage} from './text.mjs';
import * as toast from './toast.mjs';
import {redo, undo} from './undo.mjs';

const help = document.getElementById('help');
const hasLetterKeys = main.dataset.letterKeys === 'true';
const TAGS = {1: 'claim', 2: 'demand', 3: 'assumption', 4: 'citation'};

function tagOrRetag(name) {
  const selected = selectedPassage();
  if (selected && !tagbar.isChangingBounds()) {
    if (!canTag) return;
    sentences.goOnFrom(selected.end);
    tag(selected, name);
    bar.drop();
    toast.say(`${capital(name)}.`);
  } else if (!retag(name)) {
    toast.say('Select words first: press the right arrow for a sentence.');
  }
}

async function openHere() {
  const section = sentences.here();
  const selected = selectedPassage();
  if (!section) return;
  const opened = cards.openCard();
  const found = [...section.querySelectorAll('.margin > .card')];
  const mark = section.querySelector('mark');
  if (selected && (await places.openAt(selected.start, section))) return;
  if (selected) {
    bar.focusBar();
  } else if (found.length) {
    cards.open(found[(found.indexOf(opened) + 1) % found.length]);
  } else if (mark) {
    await places.openAt(Number(mark.dataset.start), section); // its card stands where the passage starts
  }
}

function writeNote() {
  const card = cards.openCard() ?? lastTaggedCard() ?? sentences.here()?.querySelector('.card');
  if (card) cards.writeNote(card);
}

function writeComment() {
  const card = cards.openCard() ?? sentences.here()?.querySelector('.card');
  if (card) cards.writeComment(card);
}

async function changeBounds() {
  const card = cards.openCard() ?? lastTaggedCard();
  if (!card) return;
  await cards.open(card);
  tagbar.changeBounds();
}

async function remove() {
  const card = cards.openCard();
  const full = card && (await cards.whenFilled(card));
  if (full) cards.remove(full);
}

function escape() {
  const card = cards.openCard();
  if (tagbar.isChangingBounds()) tagbar.cancelBounds();
  else if (places.isShown()) places.leave();
  else if (selectedPassage()) bar.drop();
  else if (card) cards.close(card);
  else toast.hide();
}

const LETTERS = {
  j: () => sentences.step(1),
  k: () => sentences.step(-1),
  n: writeNote,
  c: writeComment,
  e: changeBounds,
  '?': () => help.showModal(),
  ...Object.fromEntries(Object.entries(TAGS).map(([key, name]) => [key, () => tagOrRetag(name)])),
};

const PLAIN = {
  ArrowRight: () => sentences.selectSentence(1),
  ArrowLeft: () => sentences.selectSentence(-1),
  Delete: remove,
};

const SHIFTED = {ArrowDown: () => sentences.extend(1), ArrowUp: () => sentences.extend(-1)};

function actionOf(event) {
  const isInCard = event.target.closest('.card, .sheet');
  if (event.ctrlKey || event.metaKey) {
    if (event.altKey || !isUndo(event)) return null;
    return event.shiftKey ? redo : undo;
  }
  if (event.altKey) return null;
  // On some keyboards a digit, and "?" on most, is written with Shift.
  if (event.key in LETTERS && (!event.shiftKey || event.key in TAGS || event.key === '?')) return hasLetterKeys ? LETTERS[event.key] : null;
  if (event.key === 'Escape') return escape;
  if (event.key === 'Enter') {
    if (event.shiftKey) return null;
    if (tagbar.isChangingBounds()) return tagbar.saveBounds;
    return isInCard ? null : openHere;
  }
  if (isInCard) return event.key === 'Delete' && !event.shiftKey ? remove : null;
  return (event.shiftKey ? SHIFTED : PLAIN)[event.key] ?? null;
}

const isTyped = target => target.closest('input, textarea, select, [contenteditable], dialog') !== null;
const isUndo = event => (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z';

// The text has the focus, or the selection while nothing else has the focus.
function isInText(target) {
  if (target.closest('.passage, .card, .sheet')) return true;
  return target === document.body && selectedPassage() !== null;
}

// In a field with nothing in it there is nothing else to take back than what was just sent from it.
const isEmptied = target => target.matches('.discussion textarea') && target.value === '';

document.addEventListener('keydown', event => {
  if (event.isComposing || event.defaultPrevented) return;
  if (isUndo(event) && !event.shiftKey && isEmptied(event.target) && toast.pressBack()) event.preventDefault();
  if (event.defaultPrevented || isTyped(event.target)) return;
  if (!isInText(event.target) && !isUndo(event)) return;
  if (event.key === 'Enter' && event.target.closest('a, button')) return;
  const action = actionOf(event);
  if (!action) return;
  event.preventDefault();
  action();
});

// Escape leaves a note too; what was typed is kept.
main.addEventListener('keydown', event => {
  if (event.key !== 'Escape' || !event.target.matches('.card textarea')) return;
  event.preventDefault();
  event.target.closest('.card').querySelector('summary').focus();
});
