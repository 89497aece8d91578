// The keyboard: paragraphs with roving focus, sentences to select, digits to tag.
//
// Shift with ← and → stays the browser's own: it extends the selection that stands here. Keys act
// only while the focus or the selection is in the text, and none that the browser or a screen
// reader uses is taken (WCAG 2.1.4).

import * as cards from './cards.mjs';
import * as places from './places.mjs';
import * as tagbar from './tagbar.mjs';
import {canTag, capital, lastTaggedCard, retag, tag} from './tagging.mjs';
import {blocks, main, passageOf, select, selectedPassage, sentencesOf} from './text.mjs';
import * as toast from './toast.mjs';
import {redo, undo} from './undo.mjs';

const help = document.getElementById('help');
const hasLetterKeys = main.dataset.letterKeys === 'true';
const TAGS = {1: 'claim', 2: 'demand', 3: 'assumption', 4: 'citation'};

let cursor = null; // where the last selection by sentence ended, once it was tagged

// One paragraph at a time can be reached by Tab.
function rove(target) {
  for (const passage of main.querySelectorAll('.passage[tabindex="0"]')) reach(passage, false);
  reach(target, true);
}

// Let Tab reach a paragraph and the way to its own page, or not.
export function reach(passage, isReached) {
  passage.tabIndex = isReached ? 0 : -1;
  passage.closest('.block').querySelector('.pilcrow').tabIndex = passage.tabIndex;
}

export function setUp() {
  for (const section of blocks()) reach(passageOf(section), false);
  if (blocks().length) rove(passageOf(blocks()[0]));
}

function focusBlock(section) {
  const passage = passageOf(section);
  rove(passage);
  passage.focus({preventScroll: true});
  section.scrollIntoView({block: 'nearest'});
}

// The block that the focus or the selection is in.
function here() {
  const selected = selectedPassage();
  const focused = document.activeElement?.closest?.('.block');
  return selected?.first ?? focused ?? null;
}

function step(distance) {
  const sections = blocks();
  const from = here();
  const place = from ? sections.indexOf(from) + distance : 0;
  if (!sections[place]) return;
  cursor = null;
  getSelection().removeAllRanges();
  focusBlock(sections[place]);
}

// Every sentence from a block on, in one direction: [start, end, section].
function* sentencesFrom(section, distance) {
  const sections = blocks();
  for (let place = sections.indexOf(section); sections[place]; place += distance) {
    const found = sentencesOf(sections[place]);
    if (distance < 0) found.reverse();
    for (const [start, end] of found) yield [start, end, sections[place]];
  }
}

function selectSentence(distance) {
  const selected = selectedPassage();
  const from = here() ?? blocks()[0];
  if (!from) return;
  const section = selected && distance > 0 ? selected.last : from;
  const at = selected ? (distance > 0 ? selected.end : selected.start) : cursor;
  for (const [start, end, where] of sentencesFrom(section, distance)) {
    const isNext = at === null || (distance > 0 ? start >= at : end <= at);
    if (isNext) {
      show(start, end, where);
      return;
    }
  }
}

function extend(distance) {
  const selected = selectedPassage();
  if (!selected) {
    selectSentence(1);
    return;
  }
  if (distance > 0) {
    for (const [, end, where] of sentencesFrom(selected.last, 1)) {
      if (end > selected.end) {
        show(selected.start, end, where, selected.first);
        return;
      }
    }
    return;
  }
  for (const [, end, where] of sentencesFrom(selected.last, -1)) {
    if (end <= selected.start) return;
    if (end < selected.end) {
      show(selected.start, end, where, selected.first);
      return;
    }
  }
}

function show(start, end, seen, focused = seen) {
  cursor = end;
  focusBlock(focused);
  select(start, end);
  const rect = getSelection().getRangeAt(0).getBoundingClientRect();
  if (rect.top < 80 || rect.bottom > innerHeight - 80) seen.scrollIntoView({block: 'center'});
  const words = getSelection().toString();
  toast.say(words.length > 200 ? `${words.slice(0, 90)} … ${words.slice(-60)}` : words);
}

function tagOrRetag(name) {
  const selected = selectedPassage();
  if (selected && !tagbar.isChangingBounds()) {
    if (!canTag) return;
    cursor = selected.end;
    tag(selected, name);
    tagbar.drop();
    toast.say(`${capital(name)}.`);
  } else if (!retag(name)) {
    toast.say('Select words first: press the right arrow for a sentence.');
  }
}

async function openHere() {
  const section = here();
  const selected = selectedPassage();
  if (!section) return;
  const opened = cards.openCard();
  const found = [...section.querySelectorAll('.margin > .card')];
  const mark = section.querySelector('mark');
  if (selected && (await places.openAt(selected.start, section))) return;
  if (selected) {
    tagbar.focusBar();
  } else if (found.length) {
    cards.open(found[(found.indexOf(opened) + 1) % found.length]);
  } else if (mark) {
    await places.openAt(Number(mark.dataset.start), section); // its card stands where the passage starts
  }
}

function writeNote() {
  const card = cards.openCard() ?? lastTaggedCard() ?? here()?.querySelector('.card');
  if (card) cards.writeNote(card);
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
  else if (selectedPassage()) tagbar.drop();
  else if (card) cards.close(card);
  else toast.hide();
}

const LETTERS = {
  j: () => step(1),
  k: () => step(-1),
  n: writeNote,
  e: changeBounds,
  '?': () => help.showModal(),
  ...Object.fromEntries(Object.entries(TAGS).map(([key, name]) => [key, () => tagOrRetag(name)])),
};

const PLAIN = {
  ArrowRight: () => selectSentence(1),
  ArrowLeft: () => selectSentence(-1),
  Delete: remove,
};

const SHIFTED = {ArrowDown: () => extend(1), ArrowUp: () => extend(-1)};

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

document.addEventListener('keydown', event => {
  if (event.isComposing || event.defaultPrevented || isTyped(event.target)) return;
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

main.addEventListener('focusin', event => {
  if (event.target.matches('.passage')) rove(event.target);
});

// A click into the text begins the keyboard's way from there.
main.addEventListener('click', event => {
  const section = event.target.closest('.passage')?.closest('.block');
  if (!section || event.target.closest('a')) return;
  cursor = null;
  if (getSelection().isCollapsed) passageOf(section).focus({preventScroll: true});
});
