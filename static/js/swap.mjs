// Putting newly drawn blocks into the page, but never under someone's hands.
//
// A block waits while it holds a selection or an open card, and with it what is typed there: but for what the
// person did here, and below a selection that is tagged by now. The focus goes on in what is drawn again. The drawing with the highest number of event is the newest; an older one that arrives late is dropped.

import {block, blockBelow, main, passageOf, selectAgain, selectedPassage} from './text.mjs';

const waiting = new Map();
let isPressed = false;
let tagged = null; // the passage that was tagged last, and may be selected still
const listeners = [];
const answerListeners = [];

// Hear of every block that was swapped: (new section, old section).
export const listen = listener => listeners.push(listener);

// The selection of a passage holds nothing back any more.
export function letGo(passage) {
  tagged = passage;
}

// Hear of every answer that holds drawn blocks.
export const listenToAnswers = listener => answerListeners.push(listener);

// Swap in the blocks of an answer. `own` is the id of the annotation whose card the act came
// from: that card alone does not hold its block back; it stays open as it stands. What
// `isLive` came by itself. A block that is shown as of that event is left alone, but where `isAnew` shows others of its marks.
export function swapAll(answer, {own = null, isLive = false, isAnew = false} = {}) {
  if (isOfAnotherText(answer)) return;
  const newer = [...answer.querySelectorAll('.block')].filter(section => isNewer(section, isAnew));
  if (newer.length && isLive) take(newer, own);
  else if (newer.length) belowSelection(selectedPassage(), () => take(newer, own));
  for (const listener of answerListeners) listener(answer);
}

const drawnIn = section => Number(section?.dataset.drawn ?? -1);

function isNewer(section, isAnew) {
  const old = block(section.dataset.number);
  const isShown = drawnIn(old) > drawnIn(section) - Number(!isAnew);
  return old !== null && !isShown && drawnIn(waiting.get(section.id)) <= drawnIn(section);
}

function take(sections, own) {
  for (const section of sections) {
    const old = block(section.dataset.number);
    waiting.set(section.id, document.importNode(section, true));
    if (own !== null && old.querySelector(`.card[open][data-annotation="${own}"]`) && !holds(old, own)) swapOpen(old, own);
  }
  keepPlace(swapWaiting);
}

// Whether an answer is about a text that has corrected the one of this page: they are not mixed.
export const isOfAnotherText = answer => answer.querySelector('.answer')?.dataset.revision !== main.dataset.revision;

function swapWaiting() {
  const selected = selectedPassage();
  belowSelection(tagged?.start === selected?.start && tagged?.end === selected?.end ? selected : null, swapAllFree);
}

function swapAllFree() {
  const selected = selectedRange(); // asked for once: after each swap it would cost the layout of the whole text
  for (const fresh of [...waiting.values()]) {
    const old = block(fresh.dataset.number);
    if (old && !holds(old, null, selected)) swapKeepingFocus(old, fresh);
  }
}

function belowSelection(selected, act) {
  const isKept = selected && !isPressed;
  if (isKept) getSelection().removeAllRanges();
  act();
  if (!isKept) return;
  const focus = document.activeElement;
  selectAgain(selected); // which may take the focus along
  if (document.activeElement !== focus) focus.focus({preventScroll: true});
}

// Do something, and have the text that is read stand where it stood: a block above may grow. Browsers scroll by whole
// pixels: what that leaves over is made good the next time, or many blocks would move the text by some.
let leftOver = 0;

function keepPlace(act) {
  const read = scrollY > 0 ? blockBelow(0) : null;
  const place = read && read.getBoundingClientRect().top - leftOver;
  act();
  if (!read) return;
  const away = () => block(read.dataset.number).getBoundingClientRect().top - place;
  scrollBy({top: away(), behavior: 'instant'});
  leftOver = away();
}

// Swap what waited and need not wait any more.
export function goOn() {
  if (waiting.size) keepPlace(swapWaiting);
}

// The card that an act came from stays open, with what stands in it.
function swapOpen(old, own) {
  const fresh = waiting.get(old.id);
  const card = old.querySelector('.card[open]');
  const again = fresh.querySelector(`.card[data-annotation="${own}"]`);
  const body = card.querySelector('.body');
  const {scrollTop} = body;
  swapKeepingFocus(old, fresh, () => {
    if (!again) return;
    again.querySelector('.body').replaceChildren(...body.childNodes);
    again.open = true;
  });
  if (again) again.querySelector('.body').scrollTop = scrollTop;
}

function swapKeepingFocus(old, fresh, move = () => {}) {
  const focus = old.contains(document.activeElement) ? document.activeElement : null;
  const again = focus && findAgain(focus, old, fresh);
  move();
  swap(old, fresh);
  if (fresh.contains(focus)) focus.focus({preventScroll: true}); // what is not saved, or open, goes along
  else if (document.activeElement === document.body) again?.focus({preventScroll: true});
}

// The same card's line or the same link in a block that is drawn again, or its passage where there is none.
function findAgain(focus, old, fresh) {
  const holder = focus.closest('[id]');
  const holderAgain = holder === old ? fresh : fresh.querySelector(`#${holder.id}`);
  const alike = element => [...element.querySelectorAll(focus.localName)].filter(other => other.className === focus.className);
  return (holderAgain && alike(holderAgain)[alike(holder).indexOf(focus)]) ?? passageOf(fresh);
}

function swap(old, fresh) {
  waiting.delete(fresh.id);
  passageOf(fresh).tabIndex = passageOf(old).tabIndex;
  old.replaceWith(fresh);
  for (const listener of listeners) listener(fresh, old);
}

function selectedRange() {
  const selection = getSelection();
  return selection.rangeCount && !selection.isCollapsed ? selection.getRangeAt(0) : null;
}

function holds(section, own = null, selected = selectedRange()) {
  if (isPressed) return true; // a selection may be beginning
  if (section.querySelector('.card .early-note')) return true; // its card is on the way, and takes the note
  if (selected?.intersectsNode(section)) return true;
  for (const card of section.querySelectorAll('.card[open]')) {
    if (Number(card.dataset.annotation) !== Number(own)) return true;
  }
  return false;
}

for (const type of ['pointerdown', 'pointerup', 'pointercancel']) {
  document.addEventListener(type, () => {
    isPressed = type === 'pointerdown';
    if (!isPressed) goOn();
  });
}
document.addEventListener('selectionchange', goOn);
document.addEventListener('toggle', goOn, true);
