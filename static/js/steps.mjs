// From annotation to annotation of what is shown: by the buttons, and by the keys [ and ].

import * as cards from './cards.mjs';
import {paint, wipe} from './passage-paint.mjs';
import * as rail from './rail.mjs';
import {blockAt, blockBelow, main, passageOf, rangeOf, startOf} from './text.mjs';
import * as toast from './toast.mjs';

const STEP = 'step';
const SIGNS = {note: 'n', disputed: 'd', question: 'q'};
const TOP = 0.3; // of the window: where a passage comes to stand
const listeners = [];
let known = []; // {id, start, end, tag, says} by place: what is shown where the marks are, with the ids of its themes
let steps = []; // the same, none where the text alone is shown
let current = null; // the one that one has come to

// Hear of every step: ({id, start, end}, or null).
export const listen = listener => listeners.push(listener);

export const all = () => steps;

// Go to the next annotation of what is shown (1), or the previous (-1). With `takesFocus` the focus goes there, too.
export function step(direction, {takesFocus = false} = {}) {
  if (steps.length === 0) {
    toast.show(isTextOnly() ? 'The text alone is shown.' : 'No annotation is shown.');
    return;
  }
  const focused = takesFocus ? document.activeElement.closest('.block') : null;
  goTo(steps[(placeFrom(direction, focused) + steps.length) % steps.length], {takesFocus});
}

// Where to go on: after the annotation that one has come to while it is in sight, else after where one reads:
// the paragraph that has the focus, or the first in the window.
function placeFrom(direction, focused) {
  const from = current && steps.find(({id}) => id === current.id);
  if (from && isInSight(from) && (!focused || focused === blockAt(from.start))) return steps.indexOf(from) + direction;
  const read = focused ?? blockBelow(topOfText());
  const next = steps.findIndex(({start}) => start >= startOf(read));
  const after = next < 0 ? steps.length : next;
  return direction > 0 ? after : after - 1;
}

const topOfText = () => Math.max(0, document.querySelector('.masthead').getBoundingClientRect().bottom);

function isInSight({start, end}) {
  const {top, bottom} = rangeOf(start, end).getBoundingClientRect();
  return bottom > topOfText() && top < innerHeight;
}

// Bring an annotation's passage into view and show which it is.
export function goTo(to, {takesFocus = false} = {}) {
  const section = blockAt(to.start);
  // A block that was not near the window has its height only now.
  section.scrollIntoView({block: 'nearest', behavior: 'instant'});
  const {top} = rangeOf(to.start, to.end).getBoundingClientRect();
  scrollBy({top: top - Math.max(topOfText(), innerHeight * TOP), behavior: 'instant'});
  const card = cards.cardOf(to.id);
  const isOpen = cards.openCard() !== null;
  if (card && isOpen) cards.open(card);
  else if (takesFocus) focusOn(card?.querySelector('summary'), section);
  stand(to);
  const words = card ? card.querySelector('summary').innerText.replace(/\s+/g, ' ') : rangeOf(to.start, to.end).toString();
  toast.say(`${steps.indexOf(to) + 1} of ${steps.length}: ${words}`);
}

function focusOn(summary, section) {
  const place = summary?.checkVisibility({visibilityProperty: true}) ? summary : passageOf(section);
  place.focus({preventScroll: true});
}

// Stand at an annotation: it is painted, and counted from.
function stand(at) {
  current = at;
  if (at) paint(STEP, STEP, at.start, at.end);
  else wipe(STEP, STEP);
  for (const card of main.querySelectorAll('.card.stepped')) card.classList.remove('stepped');
  if (at) cards.cardOf(at.id)?.classList.add('stepped');
  tell();
}

function tell() {
  const place = current ? steps.findIndex(({id}) => id === current.id) + 1 : 0;
  for (const count of main.querySelectorAll('.steps .count')) {
    count.querySelector('b').textContent = place ? place.toLocaleString('en') : '–';
    count.querySelector('span').textContent = steps.length.toLocaleString('en');
  }
  for (const listener of listeners) listener(place ? current : null);
}

export const find = id => known.find(step => step.id === id) ?? null;

// The passages of a tag that are shown.
export const withTag = tag => known.filter(step => step.tag === tag);

// Have an annotation as it is shown now, or not at all where `step` is null.
export function put(id, step) {
  known = known.filter(other => other.id !== id);
  if (step) {
    const after = known.findIndex(other => other.start > step.start || (other.start === step.start && other.id > id));
    known.splice(after < 0 ? known.length : after, 0, step);
  }
  take();
  if (current?.id === id) stand(steps.find(other => other.id === id) ?? null);
  else tell();
}

const isTextOnly = () => document.documentElement.dataset.shows === 'text';

function take() {
  steps = isTextOnly() ? [] : known;
}

// "15:340:420:2nq:3,17": the id, the passage, the place of the tag and what is said with it, and the ids of its themes.
function read() {
  const tags = rail.tags();
  known = rail.strip().dataset.steps.split(' ').filter(Boolean).map(words => {
    const [id, start, end, kind, themes] = words.split(':');
    const says = [...Object.keys(SIGNS).filter(name => kind.includes(SIGNS[name])), ...(themes?.split(',') ?? [])];
    return {id: Number(id), start: Number(start), end: Number(end), tag: tags[kind[0]], says};
  });
  take();
  stand(steps.find(({id}) => id === current?.id) ?? null);
}

main.addEventListener('click', event => {
  const button = event.target.closest('.steps [data-step]');
  if (button) step(Number(button.dataset.step));
});

// Whoever opens a card stands there.
main.addEventListener(
  'toggle',
  ({target: card}) => {
    if (!card.matches?.('.card[open]')) return;
    current = steps.find(({id}) => id === Number(card.dataset.annotation)) ?? current;
    wipe(STEP, STEP); // an open card paints its passage
    tell();
  },
  true,
);

document.addEventListener('pointerdown', event => {
  if (event.target.closest?.('.text')) wipe(STEP, STEP);
});

rail.listen(read);
read();
