// Finding words in the article: the server says where they are, folded as everywhere; here they are
// marked and stepped through.

import {paintAll, wipeAll} from './passage-paint.mjs';
import * as server from './server.mjs';
import {blockAt, main, passageOf, rangeOf} from './text.mjs';

const FOUND = 'found';
const HERE = 'found-here';
const WAIT = 200; // ms after the last letter
const TOP = 0.3; // of the window: where a hit comes to stand
const bar = document.getElementById('find');
const form = bar.querySelector('form');
const field = form.querySelector('input');
const count = form.querySelector('.count');
let hits = []; // [start, end], in order
let at = -1; // the hit where one is
let asked = null; // what the hits are of
let timer = 0;
let from = null; // what had the focus before

export function open() {
  if (!bar.contains(document.activeElement)) from = document.activeElement;
  bar.hidden = false;
  field.focus();
  field.select();
  if (field.value.trim() && asked === null) find();
}

function close() {
  clearTimeout(timer);
  const hit = hits[at];
  bar.hidden = true;
  forget();
  if (hit) passageOf(blockAt(hit[0])).focus({preventScroll: true});
  else if (from?.isConnected) from.focus({preventScroll: true});
}

function forget() {
  hits = [];
  at = -1;
  asked = null;
  wipeAll(FOUND);
  wipeAll(HERE);
  count.textContent = '';
}

async function find() {
  clearTimeout(timer);
  const typed = field.value;
  if (typed === asked) return;
  forget();
  asked = typed;
  if (!typed.trim()) {
    bar.querySelector('.hits').replaceChildren();
    return;
  }
  const answer = await server.get(`${main.dataset.address}/find?${new URLSearchParams({find: typed})}`);
  if (asked !== typed || bar.hidden) return; // something else was typed meanwhile
  const found = answer.status === 200 ? answer.body.querySelector('.hits') : null;
  if (!found) {
    asked = null;
    count.textContent = server.messageOf(answer);
    return;
  }
  bar.querySelector('.hits').replaceWith(found);
  take();
}

// Take the hits from the list that the server has drawn.
function take() {
  const list = bar.querySelector('.hits');
  if (list.dataset.revision !== main.dataset.revision) {
    count.textContent = 'The article was corrected. Reload the page.';
    return;
  }
  hits = [...list.querySelectorAll('a[data-start]')].map(({dataset}) => [Number(dataset.start), Number(dataset.end)]);
  paintAll(FOUND, hits);
  if (hits.length) goTo(firstInSight());
  else count.textContent = '0 of 0';
}

// The first hit in the window or below it, so that the text stays where one reads.
function firstInSight() {
  const masthead = document.querySelector('.masthead').getBoundingClientRect().bottom;
  const next = hits.findIndex(([start, end]) => rangeOf(start, end).getBoundingClientRect().bottom > masthead);
  return Math.max(0, next);
}

function step(direction) {
  if (hits.length) goTo((at + direction + hits.length) % hits.length);
}

function goTo(number) {
  at = number;
  const [start, end] = hits[at];
  const section = blockAt(start);
  section.scrollIntoView({block: 'nearest', behavior: 'instant'}); // one far away has its height only now
  const {top, bottom} = rangeOf(start, end).getBoundingClientRect();
  if (top < innerHeight * 0.15 || bottom > innerHeight * 0.85) scrollBy({top: top - innerHeight * TOP, behavior: 'instant'});
  paintAll(HERE, [hits[at]]);
  count.textContent = `${(at + 1).toLocaleString('en')} of ${hits.length.toLocaleString('en')}`;
}

field.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(find, WAIT);
});

form.addEventListener('submit', event => {
  event.preventDefault();
  if (field.value === asked) step(1);
  else find();
});

bar.addEventListener('keydown', event => {
  if (event.key === 'Escape') {
    event.preventDefault();
    close();
  } else if (event.key === 'Enter' && event.shiftKey && event.target === field) {
    event.preventDefault();
    step(-1);
  }
});

bar.addEventListener('click', event => {
  const act = event.target.closest('[data-act]')?.dataset.act;
  const link = event.target.closest('a[data-start]');
  if (act === 'find-next') step(1);
  else if (act === 'find-previous') step(-1);
  if (act === 'find-close') {
    event.preventDefault();
    close();
  } else if (link) {
    event.preventDefault();
    goTo([...bar.querySelectorAll('a[data-start]')].indexOf(link));
  }
});

document.addEventListener('click', event => {
  if (!event.target.closest('[data-act="find"]')) return;
  event.preventDefault();
  open();
});

// An address with words to find shows them at once.
if (!bar.hidden) {
  asked = field.value;
  if (asked.trim()) take();
  else open();
}
