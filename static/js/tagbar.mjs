// The tag bar at the selection: above it where there is room, else below; a sheet on a phone.

import {cardOf, fullOf, openCard, send, showPassage} from './cards.mjs';
import {main, passageOf, rangeOf, select, selectedPassage} from './text.mjs';
import {canTag, tag} from './tagging.mjs';
import * as toast from './toast.mjs';

const tagbar = document.getElementById('tagbar');
const boundsbar = document.getElementById('boundsbar');
const GAP = 8;
const SETTLES = 120; // ms without a change of the selection

let passage = null; // what the bar would tag
let bounds = null; // {annotation, url, version} while boundaries are changed
let isPressed = false;
let timer = null;

const bar = () => (bounds ? boundsbar : tagbar);

export const isChangingBounds = () => bounds !== null;

function hide() {
  passage = null;
  tagbar.hidden = true;
  boundsbar.hidden = true;
}

function update() {
  clearTimeout(timer);
  const found = canTag ? selectedPassage() : null;
  if (!found) {
    hide();
    return;
  }
  passage = found;
  const shown = bar();
  tagbar.hidden = shown !== tagbar;
  boundsbar.hidden = shown !== boundsbar;
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
    ? `${Math.min(passageOf(passage.first).getBoundingClientRect().right + GAP, document.documentElement.clientWidth - width - GAP)}px`
    : `${left}px`;
}

export function focusBar() {
  if (!bar().hidden) bar().querySelector('button').focus();
  return !bar().hidden;
}

// Meanwhile a small screen shows the text and not the card over it.
function setBounds(value) {
  bounds = value;
  main.classList.toggle('choosing', bounds !== null);
}

// Begin to change the boundaries of the annotation whose card is open.
export function changeBounds() {
  const card = openCard();
  const full = fullOf(card);
  const form = full?.querySelector('.bounds-form');
  if (!form) return false;
  setBounds({annotation: full.dataset.annotation, url: form.action, version: full.dataset.version});
  const {start, end} = full.dataset;
  showPassage(card);
  passageOf(card.closest('.block')).focus({preventScroll: true});
  select(Number(start), Number(end));
  toast.say('Extend or shrink the selection, then press Enter.');
  return true;
}

export function saveBounds() {
  const found = selectedPassage() ?? passage;
  if (!bounds || !found) return;
  const {quote, start, prefix, suffix} = found;
  const {annotation, url, version} = bounds;
  setBounds(null);
  send(annotation, url, {version, quote, start, prefix, suffix}, 'bounds');
  drop();
}

export function cancelBounds() {
  const card = bounds && cardOf(bounds.annotation);
  setBounds(null);
  drop();
  if (card) card.querySelector('summary').focus();
}

// Drop the selection and hide the bar.
export function drop() {
  getSelection().removeAllRanges();
  hide();
}

function act(event) {
  const button = event.target.closest('button');
  if (!button) return;
  if (button.dataset.tag && passage) tag(selectedPassage() ?? passage, button.dataset.tag);
  if (button.dataset.act === 'save-bounds') saveBounds();
  if (button.dataset.act === 'cancel-bounds') cancelBounds();
  hide();
}

for (const each of [tagbar, boundsbar]) {
  // The press must not take the selection or the focus away from the text.
  each.addEventListener('mousedown', event => event.preventDefault());
  each.addEventListener('click', act);
  each.addEventListener('keydown', event => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (event.key === 'Escape') {
      if (passage) passageOf(passage.first).focus();
      if (bounds) cancelBounds();
      else hide();
    }
    if (!step) return;
    event.preventDefault();
    const buttons = [...each.querySelectorAll('button')];
    buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
  });
}

document.addEventListener('selectionchange', () => {
  clearTimeout(timer);
  if (bar().contains(document.activeElement)) return;
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
  document.addEventListener(ended, settle);
}

function settle() {
  isPressed = false;
  if (!bar().contains(document.activeElement)) timer = setTimeout(update, 0);
}
addEventListener('resize', () => passage && update());
addEventListener('scroll', () => passage && place(bar()), {passive: true});

main.addEventListener('click', event => {
  if (event.target.closest('[data-act="bounds"]')) changeBounds();
});

// Whoever closes the card changes its boundaries no more.
main.addEventListener(
  'toggle',
  event => {
    if (bounds?.annotation !== event.target.dataset.annotation || event.target.open) return;
    setBounds(null);
    hide();
  },
  true,
);
