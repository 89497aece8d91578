// The keyboard: what the keys do in the text, digits to tag.
//
// A key counts by its sign, and where that is none of ours by its place. Shift with ← and → stays
// the browser's own: it extends the selection that stands here. Keys act only while the focus or the
// selection is in the text, and none that the browser or a screen reader uses is taken (WCAG 2.1.4).
// A key that did nothing says why.

import * as bar from './bar.mjs';
import {remove as removeAnnotation} from './card-acts.mjs';
import * as cards from './cards.mjs';
import {open as openFind} from './find.mjs';
import * as lighting from './lighting.mjs';
import * as sentences from './sentences.mjs';
import {step} from './steps.mjs';
import * as tagbar from './tagbar.mjs';
import {chooseName, repeatLast} from './names.mjs';
import {chooseTheme} from './themes.mjs';
import {canTag, capital, lastTaggedCard, toggle, whenTagged, writeEarlyNote} from './tagging.mjs';
import {main, selectedPassage} from './text.mjs';
import * as toast from './toast.mjs';
import {redo, undo} from './undo.mjs';

const help = document.getElementById('help');
const hasLetterKeys = main.dataset.letterKeys === 'true';
const stepsOn = main.dataset.stepsOn === 'true';
const CHANGED = 'Nothing was tagged: these are not the article’s own words. Show the original of the page, then select again.';
const TAGS = {1: 'claim', 2: 'demand', 3: 'assumption', 4: 'citation'};

const focusedCard = () => document.activeElement.closest('.card');

// Tag what is selected: a card has buttons of its own for its tag.
function tagSelected(name) {
  const selected = selectedPassage();
  if (!canTag) {
    toast.hint('You cannot tag here: your role only reads, or the article is archived.');
  } else if (tagbar.isChangingBounds()) {
    toast.hint('You are changing boundaries: Enter saves them, Esc leaves them as they were.');
  } else if (!selected || focusedCard()) {
    toast.hint(`Select words to tag them: ${sentences.ONWARD > 0 ? '→' : '←'} selects a sentence.`);
  } else if (selected.isChanged) {
    toast.hint(CHANGED);
  } else {
    sentences.goOnFrom(selected.end);
    if (!toggle(selected, name)) return;
    if (stepsOn) sentences.selectSentence(1, `${capital(name)}. `);
    else toast.say(`${capital(name)}.`);
  }
}

async function openHere() {
  const section = sentences.here();
  const selected = selectedPassage();
  if (!section) return;
  const opened = cards.openCard();
  const found = [...section.querySelectorAll('.margin > .card')];
  const stepped = opened ? null : section.querySelector('.card.stepped');
  const mark = section.querySelector('mark');
  if (selected && (await lighting.openAt(selected.start))) return;
  if (selected) {
    bar.focusBar();
  } else if (stepped) {
    cards.open(stepped); // which may stand behind "4 more"
  } else if (found.length) {
    cards.open(found[(found.indexOf(opened) + 1) % found.length]);
  } else if (mark) {
    await lighting.openAt(Number(mark.dataset.start)); // its card is not here yet
  } else {
    toast.hint('Nothing is tagged in this paragraph.');
  }
}

// The annotation that a key is about; null where there is none, which `sentence` says.
function cardInMind(sentence) {
  const isChosen = selectedPassage() !== null && !focusedCard();
  const card = (isChosen ? lastTaggedCard() : null) ?? cards.openCard() ?? lastTaggedCard() ?? sentences.here()?.querySelector('.card') ?? null;
  if (!card) toast.hint(sentence);
  return card;
}

function writeNote() {
  if (!focusedCard() && writeEarlyNote()) return;
  const card = cardInMind('There is nothing tagged here to write a note on.');
  if (card) cards.writeNote(card);
}

function writeComment() {
  const card = cardInMind('There is nothing tagged here to comment on.');
  if (card) cards.writeComment(card);
}

function giveTheme() {
  const card = cardInMind('There is nothing tagged here to give a theme.');
  if (card) chooseTheme(card);
}

// A field of what was just tagged is there before the server has that: what is typed meanwhile goes into it.
function nameIn(field, sentence) {
  const card = (focusedCard() ? null : whenTagged()) ?? cardInMind(sentence);
  if (card) chooseName(card, field);
}

async function sayTheSame() {
  const card = (focusedCard() ? null : await whenTagged()) ?? cardInMind('There is nothing tagged here to say the same of.');
  if (card) repeatLast(card);
}

async function changeBounds() {
  const card = cardInMind('There is nothing tagged here whose boundaries could change.');
  if (!card) return;
  await cards.open(card);
  tagbar.changeBounds();
}

function stepTo(direction) {
  bar.drop();
  step(direction, {takesFocus: true});
}

async function remove() {
  const card = focusedCard();
  const full = card && (await cards.whenFilled(card));
  if (full) removeAnnotation(full);
  else toast.hint('Open an annotation first, with Enter: Delete moves it to the trash.');
}

function escape() {
  const card = cards.openCard();
  if (tagbar.isChangingBounds()) tagbar.cancelBounds();
  else if (focusedCard()?.open) cards.close(card);
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
  h: giveTheme,
  w: () => nameIn('party', 'There is nothing tagged here to say who says it.'),
  t: () => nameIn('addressees', 'There is nothing tagged here to say to whom.'),
  p: () => nameIn('position', 'There is nothing tagged here to give a position.'),
  '.': sayTheSame,
  ']': () => stepTo(1),
  '[': () => stepTo(-1),
  '?': () => help.showModal(),
  '/': openFind,
  ...Object.fromEntries(Object.entries(TAGS).map(([key, name]) => [key, () => tagSelected(name)])),
};

const PLACES = {KeyJ: 'j', KeyK: 'k', KeyN: 'n', KeyC: 'c', KeyE: 'e', KeyH: 'h', KeyW: 'w', KeyT: 't', KeyP: 'p', Period: '.', KeyZ: 'z', BracketLeft: '[', BracketRight: ']', Slash: '/', Digit1: '1', Digit2: '2', Digit3: '3', Digit4: '4'};

const PLAIN = {
  ArrowRight: () => sentences.selectSentence(sentences.ONWARD),
  ArrowLeft: () => sentences.selectSentence(-sentences.ONWARD),
  Delete: remove,
};

const SHIFTED = {ArrowDown: () => sentences.extend(1), ArrowUp: () => sentences.extend(-1)};

// What a key counts as. A Latin letter says itself what it is, wherever it lies.
function signOf({key, code, shiftKey}) {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  if (key in LETTERS || shiftKey) return key;
  return ((key.length === 1 || key === 'Dead') && PLACES[code]) || key;
}

function actionOf(event) {
  const isInCard = event.target.closest('.card');
  const isTyping = event.getModifierState('AltGraph'); // on Windows it is Ctrl and Alt
  if (!isTyping && (event.ctrlKey || event.metaKey)) {
    if (event.altKey || !isUndo(event)) return null;
    return event.shiftKey ? redo : undo;
  }
  if (!isTyping && event.altKey) return null;
  const sign = signOf(event);
  // On some keyboards a digit or a bracket, and "?" on most, is written with Shift.
  if (sign in LETTERS && (!event.shiftKey || !/[a-z]/.test(sign))) return hasLetterKeys ? LETTERS[sign] : null;
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
const isUndo = event => (event.ctrlKey || event.metaKey) && signOf({key: event.key, code: event.code}) === 'z';

// The text has the focus, or the selection while nothing else has the focus.
function isInText(target) {
  if (target.closest('.passage, .card, .tagbar')) return true;
  return target === document.body && selectedPassage() !== null;
}

// In a field with nothing in it there is nothing else to take back than what was just sent from it.
const isEmptied = target => target.matches('.discussion textarea') && target.value === '';

document.addEventListener('keydown', event => {
  if (event.isComposing || event.defaultPrevented) return;
  if (isUndo(event) && !event.shiftKey && isEmptied(event.target) && toast.pressBack()) event.preventDefault();
  if (event.defaultPrevented || isTyped(event.target)) return;
  if (!isInText(event.target) && !isUndo(event) && signOf(event) !== '/') return;
  if (event.key === 'Enter' && event.target.closest('a, button')) return;
  const action = actionOf(event);
  if (!action) return;
  event.preventDefault();
  if (!event.repeat || !(signOf(event) in TAGS)) action(); // held down, it would take back what it gave
});

// Escape leaves a note too; what was typed is kept.
main.addEventListener('keydown', event => {
  if (event.key !== 'Escape' || !event.target.matches('.card textarea')) return;
  event.preventDefault();
  cards.close(event.target.closest('.card'));
});
