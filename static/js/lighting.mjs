// Pointing: words light the cards of every passage there, a card lights its words, in every block that they are in.
//
// A click on words opens the card of the shortest passage there; the others are gone round from it.

import * as cards from './cards.mjs';
import * as margin from './margin.mjs';
import {paint, wipe} from './passage-paint.mjs';
import {blockAt, isMarkedAt, main, offsetFromPoint, startOf, toPoints} from './text.mjs';

const POINTED = 'pointed';
let chosen = null; // the place whose cards are gone round

const startOfCard = card => Number(card.dataset.start);
const endOfCard = card => Number(card.dataset.end);
const lengthOf = card => endOfCard(card) - startOfCard(card);
const byLength = (one, other) =>
  lengthOf(one) - lengthOf(other) || startOfCard(other) - startOfCard(one) || one.dataset.annotation - other.dataset.annotation;

// The cards of all passages that cover a place, as its block has them, the shortest first.
function cardsAt(offset) {
  const here = [...blockAt(offset).querySelectorAll(':scope > .margin > .card')];
  return here.filter(card => startOfCard(card) <= offset && offset < endOfCard(card)).sort(byLength);
}

// Every card of the passage of one: it has one in each block.
function cardsOf(card) {
  const found = [];
  const last = blockAt(endOfCard(card) - 1);
  for (let section = blockAt(startOfCard(card)); section; section = section.nextElementSibling) {
    found.push(...section.querySelectorAll(`:scope > .margin > .card[data-annotation="${card.dataset.annotation}"]`));
    if (section === last) break;
  }
  return found;
}

// ── Lighting ──

let lit = [];

function light(found, offset = null) {
  for (const entry of lit) entry.classList.remove('lit');
  lit = found.flatMap(cardsOf);
  const hidden = lit.filter(card => card.matches('.over')).map(card => card.parentElement);
  if (offset !== null && margin.hasUnseen(blockAt(offset), offset)) hidden.push(blockAt(offset));
  lit.push(...hidden.map(place => place.querySelector('.more')).filter(Boolean));
  for (const entry of lit) entry.classList.add('lit');
}

function point(target) {
  const mark = target.closest?.('.text mark');
  const card = target.closest?.('.margin > .card');
  if (card) paint(POINTED, 'card', startOfCard(card), endOfCard(card));
  else wipe(POINTED, 'card');
  if (mark) light(cardsAt(Number(mark.dataset.start)), Number(mark.dataset.start));
  else light(card ? [card] : []);
}

main.addEventListener('mouseover', event => point(event.target));
main.addEventListener('focusin', event => point(event.target));
main.addEventListener('mouseleave', () => point(document.body));
main.addEventListener('focusout', () => point(document.body));

// ── Opening ──

// Open the card of the shortest passage at a place of the text. Says whether any lies there.
export async function openAt(offset) {
  if (!isMarkedAt(offset)) return false;
  const section = blockAt(offset);
  if (margin.hasUnseen(section, offset)) await margin.whole(section);
  const [first] = cardsAt(offset);
  if (!first) return false;
  chosen = offset;
  await cards.open(first);
  return true;
}

// The cards that are gone round from one: of the place that was chosen, or else where its passage begins in its block.
function roundFrom(card) {
  const covers = chosen !== null && startOfCard(card) <= chosen && chosen < endOfCard(card);
  return cardsAt(covers ? chosen : Math.max(startOfCard(card), startOf(card.closest('.block'))));
}

// Offer to go round, in the head of an open card that is not alone at its place.
async function offerRound(card) {
  const head = (await cards.whenFilled(card))?.querySelector('.card-head');
  const round = roundFrom(card);
  if (!head || !card.open) return;
  let button = head.querySelector('.round');
  if (round.length < 2) button?.remove();
  if (round.length < 2) return;
  if (!button) {
    button = document.createElement('button');
    button.type = 'button';
    button.className = 'round';
    button.title = 'Open the next at this place';
    button.addEventListener('click', () => openNext(card));
    head.querySelector('.menu').before(button);
  }
  button.textContent = `${round.indexOf(card) + 1} of ${round.length}`;
}

async function openNext(card) {
  const round = roundFrom(card);
  const next = round[(round.indexOf(card) + 1) % round.length];
  await cards.open(next);
  await offerRound(next);
  next.querySelector('.round')?.focus({preventScroll: true}); // where it is pressed again
}

main.addEventListener('toggle', ({target: card}) => card.matches?.('.margin > .card[open]') && offerRound(card), true);
main.addEventListener('renewed', ({target: card}) => card.matches('.margin > .card[open]') && offerRound(card));

main.addEventListener('click', event => {
  const mark = event.target.closest('mark');
  if (!mark || event.target.closest('a') || !getSelection().isCollapsed) return;
  // At the edge of a letter the caret may stand outside the mark that was clicked.
  const start = Number(mark.dataset.start);
  const last = start + toPoints(mark.textContent) - 1;
  openAt(Math.max(start, Math.min(last, offsetFromPoint(event.clientX, event.clientY) ?? start)));
});
