// Selecting by keyboard: paragraphs with roving focus, and their sentences.

import {blocks, main, passageOf, select, selectedPassage, sentencesOf} from './text.mjs';
import * as toast from './toast.mjs';

export const ONWARD = main.querySelector('.article').dir === 'rtl' ? -1 : 1; // where the right arrow leads
let cursor = null; // where the last selection by sentence ended, once it was tagged

// One paragraph at a time can be reached by Tab.
function rove(target) {
  for (const passage of main.querySelectorAll('.passage[tabindex="0"]')) reach(passage, false);
  reach(target, true);
}

// Let Tab reach a paragraph and the way to its own page, if it has one, or not.
export function reach(passage, isReached) {
  for (const stop of passage.closest('.block').querySelectorAll('.passage, .pilcrow')) stop.tabIndex = isReached ? 0 : -1;
}

export function setUp() {
  for (const section of blocks()) reach(passageOf(section), false);
  if (blocks().length) rove(passageOf(blocks()[0]));
}

// Begin at a block, in the middle of the window.
export function goTo(section) {
  focusBlock(section);
  section.scrollIntoView({block: 'center'});
}

function focusBlock(section) {
  const passage = passageOf(section);
  rove(passage);
  passage.focus({preventScroll: true});
  section.scrollIntoView({block: 'nearest'});
}

// The block that the focus or the selection is in.
export function here() {
  const selected = selectedPassage();
  const focused = document.activeElement?.closest?.('.block');
  return selected?.first ?? focused ?? null;
}

export function step(distance) {
  const sections = blocks();
  const from = here();
  const place = from ? sections.indexOf(from) + distance : 0;
  if (!sections[place]) {
    toast.hint(distance > 0 ? 'This is the last paragraph.' : 'This is the first paragraph.');
    return;
  }
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

// `said` is what a screen reader hears before the sentence.
export function selectSentence(distance, said = '') {
  const selected = selectedPassage();
  const from = here() ?? blocks()[0];
  if (!from) return;
  const section = selected && distance > 0 ? selected.last : from;
  const at = selected ? (distance > 0 ? selected.end : selected.start) : cursor;
  for (const [start, end, where] of sentencesFrom(section, distance)) {
    const isNext = at === null || (distance > 0 ? start >= at : end <= at);
    if (isNext) {
      show(start, end, where, where, said);
      return;
    }
  }
  toast.hint(said + (distance > 0 ? 'This is the last sentence.' : 'This is the first sentence.'));
}

export function extend(distance) {
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
    toast.hint('The selection ends with the last sentence.');
    return;
  }
  for (const [, end, where] of sentencesFrom(selected.last, -1)) {
    if (end <= selected.start) break;
    if (end < selected.end) {
      show(selected.start, end, where, selected.first);
      return;
    }
  }
  toast.hint('One sentence is left of the selection. Esc drops it.');
}

function show(start, end, seen, focused = seen, said = '') {
  cursor = end;
  focusBlock(focused);
  select(start, end);
  const rect = getSelection().getRangeAt(0).getBoundingClientRect();
  if (rect.top < 80 || rect.bottom > innerHeight - 80) seen.scrollIntoView({block: 'center'});
  const words = getSelection().toString();
  toast.say(said + (words.length > 200 ? `${words.slice(0, 90)} … ${words.slice(-60)}` : words));
}

// Let the next sentence be the one after a place, though nothing is selected.
export function goOnFrom(offset) {
  cursor = offset;
}

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
