// Putting newly drawn blocks into the page, but never under someone's hands.
//
// A block waits while it holds a selection or an open card, and with it what is typed there. The focus goes on in what
// is drawn anew. The drawing with the highest number of event is the newest; an older one that arrives late is dropped.

import {block, blocks, main, passageOf} from './text.mjs';

const waiting = new Map();
let isPressed = false;
const listeners = [];
const answerListeners = [];

// Hear of every block that was swapped: (new section, old section).
export const listen = listener => listeners.push(listener);

// Hear of every answer that holds drawn blocks.
export const listenToAnswers = listener => answerListeners.push(listener);

// Swap in the blocks of an answer. `own` is the id of the annotation whose card the act came
// from: that card alone does not hold its block back; it is opened again with `body` in it. What
// is `isLive` came by itself: a block that is shown as it says is left alone.
export function swapAll(answer, {own = null, body = null, isLive = false} = {}) {
  if (isOfAnotherText(answer)) return;
  for (const section of answer.querySelectorAll('.block')) {
    const fresh = document.importNode(section, true);
    const known = waiting.get(fresh.id) ?? block(fresh.dataset.number);
    if (!known || Number(known.dataset.drawn) > Number(fresh.dataset.drawn) - Number(isLive)) continue;
    waiting.set(fresh.id, fresh);
    const old = block(fresh.dataset.number);
    if (own !== null && old.querySelector(`.card[open][data-annotation="${own}"]`) && !holds(old, own)) swapOpen(old, own, body);
  }
  keepPlace(swapWaiting);
  for (const listener of answerListeners) listener(answer);
}

// Whether an answer is about a text that has corrected the one of this page: they are not mixed.
export const isOfAnotherText = answer => answer.querySelector('.answer')?.dataset.revision !== main.dataset.revision;

function swapWaiting() {
  for (const fresh of [...waiting.values()]) {
    const old = block(fresh.dataset.number);
    if (old && !holds(old)) swapKeepingFocus(old, fresh);
  }
}

// Do something, and have the text that is read stand where it stood: a block above may grow. Browsers scroll by whole
// pixels: what that leaves over is made good the next time, or many blocks would move the text by some.
let leftOver = 0;

function keepPlace(act) {
  const read = scrollY > 0 && blocks().find(section => section.getBoundingClientRect().bottom > 0);
  const place = read && read.getBoundingClientRect().top - leftOver;
  act();
  if (!read) return;
  const away = () => block(read.dataset.number).getBoundingClientRect().top - place;
  scrollBy({top: away(), behavior: 'instant'});
  leftOver = away();
}

function swapOpen(old, own, body) {
  const fresh = waiting.get(old.id);
  const card = fresh.querySelector(`.card[data-annotation="${own}"]`);
  const focus = document.activeElement;
  const hadFocus = old.querySelector('.card[open]').contains(focus);
  if (card && body) {
    card.querySelector('.body').replaceChildren(document.importNode(body, true));
    card.open = true;
  }
  if (!hadFocus) {
    swapKeepingFocus(old, fresh);
    return;
  }
  swap(old, fresh);
  // Whoever is typing goes on typing.
  const area = focus.matches('textarea') ? document.getElementById(focus.id) : null;
  (area ?? card?.querySelector('summary') ?? passageOf(fresh)).focus({preventScroll: true});
  area?.setSelectionRange(focus.selectionStart, focus.selectionEnd);
}

function swapKeepingFocus(old, fresh) {
  const focus = old.contains(document.activeElement) ? document.activeElement : null;
  const again = focus && findAgain(focus, old, fresh);
  swap(old, fresh);
  if (fresh.contains(focus)) focus.focus({preventScroll: true}); // the line of what is not saved goes along
  else again?.focus({preventScroll: true});
}

// The same card's line or the same link in a block that is drawn anew, or its passage where there is none.
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

function holds(section, own = null) {
  if (isPressed) return true; // a selection may be beginning
  const selection = getSelection();
  if (selection.rangeCount && !selection.isCollapsed && selection.getRangeAt(0).intersectsNode(section)) return true;
  for (const card of section.querySelectorAll('.card[open]')) {
    if (Number(card.dataset.annotation) !== Number(own)) return true;
  }
  return false;
}

for (const type of ['pointerdown', 'pointerup', 'pointercancel']) {
  document.addEventListener(type, () => {
    isPressed = type === 'pointerdown';
    if (!isPressed && waiting.size) keepPlace(swapWaiting);
  });
}
document.addEventListener('selectionchange', () => waiting.size && keepPlace(swapWaiting));
document.addEventListener('toggle', () => waiting.size && keepPlace(swapWaiting), true);
