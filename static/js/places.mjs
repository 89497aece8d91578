// What is tagged at a place: a click on a mark opens the one card there, or lists them all.

import * as cards from './cards.mjs';
import * as server from './server.mjs';
import {isMarkedAt, main, offsetFromPoint, passageOf, toPoints} from './text.mjs';
import {restoreDraft} from './card-drafts.mjs';

const sheet = document.getElementById('sheet');
const {address} = main.dataset;
let origin = null; // the paragraph that had the focus

// Open what lies at a place of the text. Says whether anything does.
export async function openAt(offset, section) {
  if (!isMarkedAt(offset)) return false;
  const answer = await server.get(`${address}/at/${offset}${location.search}`);
  const links = [...(answer.body?.querySelectorAll('.at [data-annotation]') ?? [])];
  if (links.length === 0) return false;
  origin = passageOf(section);
  sheet.style.setProperty('--top', `${section.getBoundingClientRect().top + scrollY}px`);
  if (links.length === 1) {
    await show(links[0].dataset.annotation);
    return true;
  }
  fill(answer.body.querySelector('.at'));
  sheet.querySelector('a').focus({preventScroll: true});
  return true;
}

// Show one annotation: its card in the margin, or a sheet where its block shows others first.
async function show(id) {
  const card = cards.cardOf(id);
  if (card) {
    const opening = cards.open(card); // it takes the focus before the list goes
    hide();
    await opening;
    return;
  }
  const answer = await server.get(`/annotations/${id}/card${location.search}`);
  const full = answer.body?.querySelector('.card-full');
  if (!full) return;
  fill(full);
  restoreDraft(full);
  sheet.focus({preventScroll: true});
}

function fill(content) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'chip close';
  button.textContent = 'Close';
  button.addEventListener('click', leave);
  sheet.replaceChildren(content, button);
  sheet.hidden = false;
}

export const isShown = () => !sheet.hidden;

export function hide() {
  sheet.hidden = true;
  sheet.replaceChildren();
}

export function leave() {
  hide();
  origin?.focus({preventScroll: true});
}

sheet.addEventListener('click', event => {
  const link = event.target.closest('.at a');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(link.dataset.annotation);
});
sheet.addEventListener('keydown', event => {
  if (event.key === 'Escape') {
    event.preventDefault(); // else it would go on to the selection or a card
    leave();
  }
  const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
  const links = [...sheet.querySelectorAll('.at a')];
  if (!step || !links.length) return;
  event.preventDefault();
  links[(links.indexOf(document.activeElement) + step + links.length) % links.length].focus();
});

main.addEventListener('click', event => {
  const mark = event.target.closest('mark');
  if (!mark || event.target.closest('a') || !getSelection().isCollapsed) return;
  // At the edge of a letter the caret may stand outside the mark that was clicked.
  const start = Number(mark.dataset.start);
  const last = start + toPoints(mark.textContent) - 1;
  const offset = offsetFromPoint(event.clientX, event.clientY) ?? start;
  openAt(Math.max(start, Math.min(last, offset)), mark.closest('.block'));
});
document.addEventListener('pointerdown', event => {
  if (isShown() && !sheet.contains(event.target)) hide();
});

// A mark under the pointer points at its cards.
main.addEventListener('mouseover', event => {
  const mark = event.target.closest('mark');
  if (!mark) return;
  const start = Number(mark.dataset.start);
  for (const card of mark.closest('.block').querySelectorAll('.card')) {
    card.classList.toggle('pointed', Number(card.dataset.start) <= start && start < Number(card.dataset.end));
  }
});
main.addEventListener('mouseout', event => {
  const section = event.target.closest('mark')?.closest('.block');
  for (const card of section?.querySelectorAll('.card.pointed') ?? []) card.classList.remove('pointed');
});
