// The margin: a line for each passage, beside the line of the text where it begins in its block.
//
// The text never moves for it: entries are packed between a block and the next one that has any, and what does not fit
// is behind "4 more", which opens the list in place. Cards of blocks far from the window come when it comes near.

import * as server from './server.mjs';
import * as sheets from './sheets.mjs';
import * as swap from './swap.mjs';
import {block, blocks, main, rangeOf, startOf} from './text.mjs';

const {address} = main.dataset;
const AT_ONCE = 50; // blocks whose margins are asked for together
const article = main.querySelector('.article');
const isLong = article.classList.contains('long');
const near = new Set(); // the blocks within a window's height of the window
const due = new Set(); // those whose margins are to be placed
const asked = new Map(); // number of a block → what comes of asking for its margin
let isAsked = false;

// A block has few children, and its text many descendants.
const childOf = (section, selector) => [...section.children].findLast(child => child.matches(selector)) ?? null;
const marginOf = section => childOf(section, 'details.margin');
const cardsIn = margin => [...margin.querySelectorAll(':scope > .card')];
const restOf = margin => margin.querySelector(':scope > .rest');
const moreOf = margin => margin.querySelector(':scope > .more');

export function setUp() {
  watch(blocks());
  new MutationObserver(records => watch(records.flatMap(record => [...record.addedNodes]).filter(node => node.matches?.('.block')))).observe(
    article,
    {childList: true},
  );
  placeAll();
}

// A block that has changed its size has other lines, and the entries before it other room.
const sizes = new ResizeObserver(entries => {
  for (const {target} of entries) placeSoon(target);
});

const observer = new IntersectionObserver(
  entries => {
    for (const {target, isIntersecting} of entries) {
      if (isIntersecting) near.add(target);
      else near.delete(target);
      if (isIntersecting) sizes.observe(target);
      else sizes.unobserve(target);
    }
    load([...near].filter(section => section.isConnected && farOf(section)));
  },
  {rootMargin: '100% 0px'},
);

function watch(sections) {
  for (const section of sections) {
    markOwn(section);
    observer.observe(section);
    if (!isLong) placeSoon(section);
  }
}

// Mark one's own cards: a drawn block is the same for every reader.
function markOwn(section) {
  for (const card of section.querySelectorAll(`.card[data-annotator="${document.body.dataset.account}"]`)) card.classList.add('own');
}

// ── What is not here yet ──

const farOf = section => childOf(section, '.margin.far');

// Ask for the margins of blocks, those that follow one another together.
function load(sections, isAll = false) {
  const numbers = sections.map(section => Number(section.dataset.number)).filter(number => !asked.has(number)).sort((one, other) => one - other);
  for (let from = 0; from < numbers.length; ) {
    let to = from;
    while (to + 1 < numbers.length && numbers[to + 1] - numbers[from] < AT_ONCE) to += 1;
    const asking = ask(numbers[from], numbers[to], isAll);
    for (const number of numbers.slice(from, to + 1)) asked.set(number, asking.finally(() => asked.delete(number)));
    from = to + 1;
  }
}

async function ask(first, last, isAll) {
  const {query} = main.dataset;
  const {status, body} = await server.get(`${address}/margins/${first}-${last}${query}${isAll ? `${query ? '&' : '?'}all=1` : ''}`);
  // Where it fails, the links to the blocks' own pages stay.
  if (status !== 200 || query !== main.dataset.query) return;
  for (const part of body.querySelectorAll('[data-number]')) {
    const section = block(part.dataset.number);
    const isOlder = Number(part.dataset.drawn) < Number(section?.dataset.drawn);
    const fresh = part.querySelector('details.margin');
    const old = section && (farOf(section) ?? (isAll ? marginOf(section) : null));
    if (!fresh || !old || isOlder) continue;
    take(section, old, document.importNode(fresh, true));
    placeSoon(section);
  }
  placeAll();
}

function take(section, old, fresh) {
  const known = old.matches('details') ? old : marginOf(section);
  for (const line of known?.querySelectorAll(':scope > .pending') ?? []) fresh.append(line);
  // A card that is here stays: it may be open, or have the focus.
  for (const card of known ? cardsIn(known) : []) fresh.querySelector(`:scope > .card[data-annotation="${card.dataset.annotation}"]`)?.replaceWith(card);
  fresh.open = true;
  if (known && known !== old) known.remove();
  old.replaceWith(fresh);
  if (known?.matches('.spread')) spread(fresh, true);
  markOwn(section);
}

// Have all cards of a block; resolves when they are there, or cannot be had.
export async function whole(section) {
  await asked.get(Number(section.dataset.number));
  const margin = marginOf(section);
  if (!farOf(section) && !(margin && restOf(margin))) return;
  load([section], true);
  await asked.get(Number(section.dataset.number));
}

// Whether a passage that has no card here yet lies at a place of a block.
export function hasUnseen(section, offset) {
  const margin = marginOf(section);
  const places = margin && restOf(margin)?.dataset.places;
  if (!places) return Boolean(farOf(section));
  return places.split(' ').some(place => {
    const [start, end] = place.split('-').map(Number);
    return start <= offset && offset < end;
  });
}

// ── Placing ──

function placeSoon(section) {
  due.add(section);
  due.add(taggedBefore(section));
  if (isAsked) return;
  isAsked = true;
  requestAnimationFrame(placeAll);
}

// The block whose entries have room up to this one.
function taggedBefore(section) {
  let before = section.previousElementSibling;
  while (before?.matches('.block') && !childOf(before, '.margin')) before = before.previousElementSibling;
  return before;
}

// Place the margins that are due: first everything is measured, then everything is moved.
function placeAll() {
  isAsked = false;
  const sections = [...due].filter(section => section?.isConnected && section.matches('.block'));
  due.clear();
  const step = 1.5 * parseFloat(getComputedStyle(document.documentElement).fontSize);
  const measured = sections.filter(marginOf).map(section => measure(section, step));
  for (const each of measured) arrange(each);
}

function measure(section, step) {
  const {top} = section.getBoundingClientRect();
  let next = section.nextElementSibling;
  while (next && !childOf(next, '.margin')) next = next.nextElementSibling;
  const foot = next ? next.getBoundingClientRect().top : article.getBoundingClientRect().bottom;
  const margin = marginOf(section);
  const entries = cardsIn(margin);
  const lines = new Map();
  const wantedBy = entry => {
    const offset = Math.max(Number(entry.dataset.start), startOf(section));
    if (!lines.has(offset)) lines.set(offset, lineOf(section, offset) - top);
    return lines.get(offset);
  };
  const pending = [...margin.querySelectorAll(':scope > .pending')].map(line => [line, wantedBy(line)]);
  return {margin, entries, wanted: entries.map(wantedBy), pending, room: foot - top, step};
}

// The top of the line at a place of the text, in the window.
function lineOf(section, offset) {
  const found = section.querySelector(`mark[data-start="${offset}"]`) ?? rangeOf(offset, offset + 1);
  return (found?.getClientRects()[0] ?? section.getBoundingClientRect()).top;
}

// Each wants the line where its passage begins: downwards until there is room, then upwards from the foot.
function pack(wanted, room, step) {
  const places = [];
  for (const y of wanted) places.push(Math.max(y, places.length ? places.at(-1) + step : 0));
  let floor = room;
  for (let place = places.length - 1; place >= 0; place -= 1) {
    floor = Math.min(places[place], floor - step);
    places[place] = floor;
  }
  return places;
}

function arrange({margin, entries, wanted, pending, room, step}) {
  const rest = Number(restOf(margin)?.textContent.replace(/\D/g, '') ?? 0);
  const slots = Math.max(1, Math.floor(room / step));
  const isFull = entries.length + rest > slots || rest > 0;
  const fit = isFull ? Math.min(entries.length, slots - 1) : entries.length;
  const places = pack(wanted.slice(0, isFull ? fit + 1 : fit), room, step);
  if (isFull && places.length === fit) places.push((places.at(-1) ?? -step) + step);
  margin.open = true;
  margin.classList.add('placed');
  entries.forEach((entry, place) => {
    entry.classList.toggle('over', place >= fit);
    if (place < fit) entry.style.setProperty('--y', `${places[place]}px`);
  });
  for (const [line, y] of pending) line.style.setProperty('--y', `${y}px`);
  const over = entries.slice(fit);
  if (isFull) showMore(margin, over, over.length + rest, {y: places[fit], isAll: fit === 0});
  else moreOf(margin)?.remove();
  if (over.some(card => card.open)) spread(margin, true);
}

function showMore(margin, over, count, {y, isAll}) {
  let button = moreOf(margin);
  if (!button) {
    button = document.createElement('button');
    button.type = 'button';
    button.className = 'more';
    button.ariaExpanded = 'false';
    margin.append(button);
  }
  const disputes = over.filter(card => card.dataset.says.includes('disputed')).length;
  button.textContent = `${count.toLocaleString('en')} ${isAll ? 'here' : 'more'}`;
  if (disputes) {
    const sign = document.createElement('span');
    sign.className = 'sign disputes';
    sign.textContent = `✗ ${disputes}`;
    sign.title = `${disputes} disputed`;
    button.append(' ', sign);
  }
  button.dataset.count = count;
  button.style.setProperty('--y', `${y}px`);
}

// ── The whole list, in place ──

function spread(margin, isSpread) {
  margin.classList.toggle('spread', isSpread);
  sheets.note(margin, isSpread);
  const button = moreOf(margin);
  if (button) button.ariaExpanded = String(isSpread);
}

// Show a card that is behind "4 more".
export function reveal(card) {
  if (card.matches('.over')) spread(card.parentElement, true);
}

async function openList(margin) {
  const section = margin.closest('.block');
  const first = margin.querySelector(':scope > .over');
  spread(margin, true);
  (first ?? marginOf(section)).querySelector('summary').focus({preventScroll: true});
  if (restOf(margin)) await whole(section);
}

function closeList(margin) {
  spread(margin, false);
  moreOf(margin)?.focus({preventScroll: true});
}

main.addEventListener('click', event => {
  const margin = event.target.closest('.margin');
  if (event.target.closest('.margin > .more')) openList(margin);
  else if (event.target.closest('.margin.placed > summary')) {
    event.preventDefault();
    closeList(margin);
  }
});

main.addEventListener('keydown', event => {
  const margin = event.target.closest('.margin.spread');
  if (event.key !== 'Escape' || !margin || margin.querySelector('.card[open]')) return;
  event.preventDefault();
  closeList(margin);
});

for (const type of ['pointerdown', 'focusin']) {
  document.addEventListener(type, event => {
    for (const margin of main.querySelectorAll('.margin.spread')) {
      const isHere = margin.contains(event.target) || margin.querySelector('.card[open]');
      if (!isHere && event.target !== document.body) spread(margin, false);
    }
  });
}

// ── Lines of what is not saved yet ──

// Put a line into the margin beside the place that it is about; it has `data-start`.
export function addLine(section, line) {
  let margin = marginOf(section);
  if (!margin) {
    margin = document.createElement('details');
    margin.className = 'margin placed';
    margin.open = true;
    section.append(margin);
  }
  if (line.parentElement !== margin) margin.append(line);
  placeSoon(section);
}

swap.listen((fresh, old) => {
  const [now, before] = [marginOf(fresh), marginOf(old)];
  const wasNear = near.delete(old);
  observer.unobserve(old);
  sizes.unobserve(old);
  if (wasNear || !isLong) placeSoon(fresh); // else when the window comes near
  if (now && before?.matches('.placed')) {
    now.open = true;
    now.classList.add('placed');
    spread(now, before.matches('.spread'));
  }
  const hadFocus = before && moreOf(before) !== null && moreOf(before) === lastFocused;
  queueMicrotask(() => {
    if (due.size) placeAll(); // those of all blocks that were swapped together
    if (hadFocus && now) moreOf(now)?.focus({preventScroll: true});
  });
});

let lastFocused = null; // which the browser forgets when it goes from the page
main.addEventListener('focusin', event => {
  lastFocused = event.target;
});
