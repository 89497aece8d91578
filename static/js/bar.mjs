// A bar at the selection: above it where there is room, else below; a sheet on a phone.

import {blockAt, passageOf, rangeOf, selectedPassage} from './text.mjs';

const GAP = 8;
const SETTLES = 120; // ms without a change of the selection

const bars = document.querySelectorAll('.tagbar');
const changedbar = document.getElementById('changedbar'); // says why words that were changed have no other
const listeners = [];
let choose = () => null; // the bar to show now, or null
let passage = null; // what the bar is about
let isPressed = false;
let timer = null;

// Show bars from now on: `chosen` says which one at the moment. What was selected before has its own.
export function follow(chosen) {
  choose = chosen;
  timer = setTimeout(update);
}

// Hear of every passage that the bar is shown for.
export const listen = listener => listeners.push(listener);

// What the bar is about: where it has the focus, the selection may be gone.
export function passageShown() {
  const found = selectedPassage() ?? passage;
  return found?.isChanged ? null : found;
}

export function hide() {
  passage = null;
  showOnly(null);
}

function showOnly(shown) {
  for (const bar of bars) bar.hidden = bar !== shown;
  document.documentElement.classList.toggle('with-bar', shown !== null); // what stands at the foot makes room
}

// Drop the selection and hide the bar.
export function drop() {
  getSelection().removeAllRanges();
  hide();
}

export function focusBar() {
  const shown = choose();
  if (shown && !shown.hidden) shown.querySelector('button').focus();
}

function update() {
  clearTimeout(timer);
  const chosen = choose();
  const found = chosen && selectedPassage();
  const shown = found?.isChanged ? changedbar : chosen;
  if (!found) {
    hide();
    return;
  }
  passage = found;
  showOnly(shown);
  for (const listener of listeners) listener(passage);
  place(shown);
  if (isSheet(shown)) uncover(shown);
}

const isSheet = shown => getComputedStyle(shown).position === 'fixed'; // on a small screen
const rects = () => [...rangeOf(passage.start, passage.end).getClientRects()].filter(rect => rect.width > 0);

// The sheet lies over the lowest lines of the window: what is selected there moves up.
function uncover(sheet) {
  const hidden = (rects().at(-1)?.bottom ?? 0) + GAP - sheet.getBoundingClientRect().top;
  if (hidden > 0 && hidden < innerHeight) scrollBy(0, hidden);
}

function place(shown) {
  shown.classList.remove('docked');
  shown.style.removeProperty('left');
  shown.style.removeProperty('top');
  if (isSheet(shown)) return;
  const lines = rects();
  if (!lines.length) return;
  const [first] = lines;
  const last = lines.at(-1);
  const {width, height} = shown.getBoundingClientRect();
  const top = document.querySelector('.masthead').getBoundingClientRect().bottom;
  const above = first.top - height - GAP;
  const below = last.bottom + GAP;
  const left = Math.max(GAP, Math.min(first.left, document.documentElement.clientWidth - width - GAP));
  let y = above;
  if (above < top) y = below;
  if (above < top && below + height > innerHeight) {
    // Neither end has room: beside the text, at the height of the window's middle.
    shown.classList.add('docked');
    y = Math.max(top + GAP, innerHeight / 2);
  }
  shown.style.top = `${y + scrollY}px`;
  shown.style.left = shown.classList.contains('docked')
    ? `${Math.min(passageOf(blockAt(passage.start)).getBoundingClientRect().right + GAP, document.documentElement.clientWidth - width - GAP)}px`
    : `${left}px`;
}

for (const bar of bars) {
  // The press must not take the selection or the focus away from the text.
  bar.addEventListener('mousedown', event => event.preventDefault());
  bar.addEventListener('keydown', event => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (event.key === 'Escape' && passage) passageOf(blockAt(passage.start)).focus();
    if (!step) return;
    event.preventDefault();
    const buttons = [...bar.querySelectorAll('button')];
    buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
  });
}

const hasFocus = () => Boolean(document.activeElement?.closest('.tagbar'));

document.addEventListener('selectionchange', () => {
  clearTimeout(timer);
  if (hasFocus()) return;
  if (getSelection().isCollapsed) hide();
  else if (!isPressed) timer = setTimeout(update, SETTLES);
});
document.addEventListener('pointerdown', event => {
  isPressed = event.pointerType === 'mouse' && !event.target.closest('.tagbar');
  // A new selection may begin inside the present one: the browser would drag that away instead.
  const begins = isPressed && event.button === 0 && !event.shiftKey && event.target.closest('.text');
  if (begins) getSelection().removeAllRanges();
});
for (const ended of ['pointerup', 'pointercancel']) {
  document.addEventListener(ended, () => {
    isPressed = false;
    if (!hasFocus()) timer = setTimeout(update, 0);
  });
}
addEventListener('resize', () => passage && update());
addEventListener('scroll', () => passage && place(passage.isChanged ? changedbar : choose()), {passive: true});
