// The strip: the whole article in little. It shows which part the window has, and a click goes there.

import * as rail from './rail.mjs';
import * as steps from './steps.mjs';
import {block, blockAt, blockBelow, blocks, main, rangeOf, startOf, textOf, toPoints} from './text.mjs';

const HEIGHT = 1000; // units of the drawing
const NEAR = 8; // px: so near a passage, a click means that one
const LEAST = 3; // units of what is shown
const [WIDTH, APART] = [4, 6]; // units: a column for each tag
const TOP = 0.3; // of the window: where a place comes to stand

const last = blocks().at(-1);
const length = startOf(last) + toPoints(textOf(last).textContent);
let current = null;
let frame = null;

const place = offset => (offset / length) * HEIGHT;

function mark(name, from, to) {
  const rect = rail.strip().querySelector(`.${name}`);
  rect.setAttribute('y', place(from));
  rect.setAttribute('height', to > from ? Math.max(LEAST, place(to - from)) : 0);
}

// Draw the passages of some tags again, as the server drew them.
export function draw(tags) {
  for (const [column, tag] of rail.tags().entries()) {
    if (!tags.has(tag)) continue;
    const drawn = steps.withTag(tag).map(({start, end}) => {
      const height = Math.max(LEAST, Math.round(place(end - start)));
      return `M${column * APART} ${Math.round(place(start))}h${WIDTH}v${height}h-${WIDTH}z`;
    });
    const path = rail.strip().querySelector(`path.${tag}`) ?? addPath(tag);
    path.setAttribute('d', [...new Set(drawn)].join(''));
  }
}

function addPath(tag) {
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.classList.add(tag);
  rail.strip().querySelector('.window').before(path);
  return path;
}

// Where the text stands that a line of the window cuts: the block there, and how far it reaches above the line.
function offsetAtLine(y) {
  const cut = blockBelow(y);
  const {top, height} = cut.getBoundingClientRect();
  const start = startOf(cut);
  const after = block(Number(cut.dataset.number) + 1);
  const end = after ? startOf(after) : length;
  return start + (end - start) * Math.min(1, Math.max(0, (y - top) / height));
}

function showWindow() {
  frame = null;
  if (rail.strip().checkVisibility()) mark('window', offsetAtLine(0), offsetAtLine(innerHeight));
}

const showSoon = () => {
  frame ??= requestAnimationFrame(showWindow);
};

function showStep() {
  if (current) mark('step', current.start, current.end);
  else mark('step', 0, 0);
}

main.addEventListener('click', event => {
  const strip = event.target.closest('.strip');
  if (!strip) return;
  const {top, height} = strip.getBoundingClientRect();
  const offset = Math.min(length - 1, Math.max(0, Math.floor(((event.clientY - top) / height) * length)));
  const gap = ({start, end}) => Math.max(start - offset, offset - end, 0);
  const nearest = steps.all().reduce((best, one) => (best && gap(best) <= gap(one) ? best : one), null);
  if (nearest && (gap(nearest) / length) * height <= NEAR) {
    steps.goTo(nearest);
    return;
  }
  blockAt(offset).scrollIntoView({block: 'nearest', behavior: 'instant'});
  scrollBy({top: rangeOf(offset, offset + 1).getBoundingClientRect().top - innerHeight * TOP, behavior: 'instant'});
});

steps.listen(at => {
  current = at;
  showStep();
});
rail.listen(() => {
  showWindow();
  showStep();
});
addEventListener('scroll', showSoon, {passive: true});
new ResizeObserver(showSoon).observe(main);
