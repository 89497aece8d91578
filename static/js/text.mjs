// The text of the article and its offsets: Unicode code points, as the server counts them.
//
// A block's `.text` holds exactly the block's text, so that a place in the page is a place in the
// text. JavaScript counts UTF-16 units: here, and nowhere else, they become code points.

import {checksum} from './checksum.mjs';

const CONTEXT = 32;
const BLOCK_SEPARATOR = '\n\n';

export const main = document.getElementById('main');

// A page always has the same blocks, whatever becomes of each: to look for them costs a way through the whole article.
const numbers = [...main.querySelectorAll('.article > .block')].map(section => Number(section.dataset.number));

export const block = number => document.getElementById(`b${number}`);
export const blocks = () => numbers.map(block);
export const textOf = section => section.querySelector('.text');
export const passageOf = section => section.querySelector('.passage');
export const startOf = section => Number(section.dataset.start);

const isLow = unit => unit >= 0xdc00 && unit < 0xe000;

export function toPoints(text, units = text.length) {
  let points = 0;
  for (let unit = 0; unit < units; unit += 1) {
    if (unit === 0 || !isLow(text.charCodeAt(unit))) points += 1;
  }
  return points;
}

export function toUnits(text, points) {
  let unit = 0;
  for (; points > 0 && unit < text.length; points -= 1) unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
  return unit;
}

// The sentences of a block as [start, end] in the article's text.
export function sentencesOf(section) {
  const bounds = section.dataset.sentences.split(' ').filter(Boolean).map(Number);
  const start = startOf(section);
  const sentences = [];
  for (let at = 0; at < bounds.length; at += 2) sentences.push([start + bounds[at], start + bounds[at + 1]]);
  return sentences;
}

// The last block that starts at or before a place.
export function blockAt(offset) {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (startOf(block(numbers[middle])) <= offset) low = middle;
    else high = middle - 1;
  }
  return block(numbers[low]);
}

// The first block that reaches below a line of the window; the last where none does.
export function blockBelow(y) {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (block(numbers[middle]).getBoundingClientRect().bottom > y) high = middle;
    else low = middle + 1;
  }
  return block(numbers[low]);
}

// Where a point of the page is in the article's text, in code points.
export function offsetAt(section, node, unit) {
  const range = document.createRange();
  range.selectNodeContents(textOf(section));
  range.setEnd(node, unit);
  const before = range.toString();
  return startOf(section) + toPoints(before);
}

// The point of the page at a place of the text: [text node, UTF-16 unit]. At a boundary of two
// nodes it is the end of the first where `isEnd`, else the start of the second.
export function pointAt(section, offset, isEnd) {
  const text = textOf(section);
  let units = toUnits(text.textContent, offset - startOf(section));
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  let last = [text, 0];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (units < node.length || (isEnd && units === node.length)) return [node, units];
    units -= node.length;
    last = [node, node.length];
  }
  return last;
}

// Whether a mark covers a place.
export const isMarkedAt = offset => pointAt(blockAt(offset), offset, false)[0].parentElement.closest('mark') !== null;

// The page's range of a passage, or null where its blocks are not drawn.
export function rangeOf(start, end) {
  if (!(end > start)) return null;
  const range = document.createRange();
  range.setStart(...pointAt(blockAt(start), start, false));
  range.setEnd(...pointAt(blockAt(end - 1), end, true));
  return range;
}

// The same block by block: what lies between the blocks, as the margin, is no part of it.
export function rangesOf(start, end) {
  const ranges = [];
  const last = blockAt(end - 1);
  for (let section = blockAt(start); section; section = block(Number(section.dataset.number) + 1)) {
    const from = Math.max(start, startOf(section));
    const to = Math.min(end, startOf(section) + toPoints(textOf(section).textContent));
    const range = rangeOf(from, to);
    if (range) ranges.push(range);
    if (section === last) break;
  }
  return ranges;
}

export function select(start, end) {
  const [node, unit] = pointAt(blockAt(start), start, false);
  getSelection().setBaseAndExtent(node, unit, ...pointAt(blockAt(end - 1), end, true));
}

// Select a passage once more, from the end that it was selected from.
export function selectAgain({start, end, isBackward}) {
  select(start, end);
  const {anchorNode, anchorOffset, focusNode, focusOffset} = getSelection();
  if (isBackward) getSelection().setBaseAndExtent(focusNode, focusOffset, anchorNode, anchorOffset);
}

const sectionOf = node => (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest?.('.block') ?? null;

// The blocks whose text a range touches: between those of its ends, where it has any there.
function touchedBy(range) {
  const [first, last] = [sectionOf(range.startContainer), sectionOf(range.endContainer)];
  const between = blocks().slice(
    first ? numbers.indexOf(Number(first.dataset.number)) : 0,
    last ? numbers.indexOf(Number(last.dataset.number)) + 1 : numbers.length,
  );
  return between.filter(section => range.intersectsNode(textOf(section)));
}

// Whether a block's words are not the article's, as where the browser has translated them: then no
// place in them is a place in the text.
const isChanged = section => checksum(textOf(section).textContent) !== section.dataset.checksum;

// The passage that a range covers: {start, end, quote, prefix, suffix, first, last, isChanged}, or
// null where it covers no text. What lies beside the text, as the margin, is no part of it.
export function passageIn(range) {
  const touched = touchedBy(range);
  const slices = [];
  let start = null;
  let end = null;
  let first = null;
  let last = null;
  for (const section of touched) {
    const text = textOf(section);
    const from = text.contains(range.startContainer) ? offsetAt(section, range.startContainer, range.startOffset) : startOf(section);
    const to = text.contains(range.endContainer)
      ? offsetAt(section, range.endContainer, range.endOffset)
      : startOf(section) + toPoints(text.textContent);
    if (to <= from) continue;
    slices.push(slice(section, from, to));
    first ??= section;
    last = section;
    start ??= from;
    end = to;
  }
  if (first === null) return null;
  const ending = startOf(last) + toPoints(textOf(last).textContent);
  return {
    start,
    end,
    quote: slices.join(BLOCK_SEPARATOR),
    prefix: slice(first, Math.max(startOf(first), start - CONTEXT), start),
    suffix: slice(last, end, Math.min(ending, end + CONTEXT)),
    first,
    last,
    isChanged: touched.some(isChanged),
  };
}

function slice(section, from, to) {
  const text = textOf(section).textContent;
  const start = startOf(section);
  return text.slice(toUnits(text, from - start), toUnits(text, to - start));
}

// The passage that is selected now, or null.
export function selectedPassage() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!range.intersectsNode(main)) return null;
  const passage = passageIn(range);
  if (!passage?.quote.trim()) return null;
  const isBackward = range.endContainer === selection.anchorNode && range.endOffset === selection.anchorOffset;
  return {...passage, isBackward};
}

// The point of the page under a point of the window, [node, unit], or null.
export function caretAt(x, y) {
  const caret = document.caretPositionFromPoint ? document.caretPositionFromPoint(x, y) : document.caretRangeFromPoint?.(x, y);
  const node = caret?.offsetNode ?? caret?.startContainer;
  return node ? [node, caret.offset ?? caret.startOffset] : null;
}

// The place in the text under a point of the window, or null.
export function offsetFromPoint(x, y) {
  const caret = caretAt(x, y);
  const section = caret && sectionOf(caret[0]);
  if (!section || !textOf(section).contains(caret[0])) return null;
  const last = startOf(section) + toPoints(textOf(section).textContent) - 1;
  return Math.min(offsetAt(section, ...caret), last);
}
