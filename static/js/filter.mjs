// The filter acts at once: what it shows is fetched and swapped in, where one reads stays, and the address follows.

import {tellOfCorrection} from './corrected.mjs';
import * as rail from './rail.mjs';
import * as server from './server.mjs';
import {isOfAnotherText, swapAll} from './swap.mjs';
import {block, blocks, main} from './text.mjs';
import * as toast from './toast.mjs';

const TEXT_ONLY = 'text';
const root = document.documentElement;
const boxesOf = name => [...rail.filter().elements].filter(box => box.name === name);
const ticked = name => boxesOf(name).filter(box => box.checked);
const isFull = name => ticked(name).length === boxesOf(name).length;

// What the form asks for, without what hides nothing.
function asked() {
  const query = new URLSearchParams();
  const lists = ['tag', 'annotator'];
  const isNothing = lists.some(name => boxesOf(name).length > 0 && ticked(name).length === 0);
  if (isNothing) query.set('shown', 'chosen');
  const told = lists.filter(name => isNothing || !isFull(name));
  for (const name of [...told, 'shows', 'with', 'thread', 'theme']) {
    for (const box of ticked(name)) query.append(name, box.value);
  }
  if (query.get('shows') === 'all') query.delete('shows');
  return query;
}

const written = query => (query.size ? `?${query}` : '');

// The part of it that the server draws otherwise: to read the text alone hides what is there.
function drawn(query) {
  const part = new URLSearchParams(query);
  if (part.get('shows') === TEXT_ONLY) part.delete('shows');
  return written(part);
}

let shown = drawn(asked());

async function apply(query = asked()) {
  root.dataset.shows = query.get('shows') ?? 'all';
  const wanted = drawn(query);
  if (wanted === shown) {
    rail.forget();
    follow(query);
    rail.tell();
    return;
  }
  const answer = await rail.ask(written(query), {isWhole: true});
  if (!answer) return;
  if (answer.status !== 200) {
    toast.show(server.messageOf(answer), [{label: 'Try again', act: () => apply(query)}], {stays: true});
    return;
  }
  if (isOfAnotherText(answer.body)) {
    tellOfCorrection();
    return;
  }
  shown = wanted;
  follow(query);
  show(answer.body);
}

function follow(query) {
  history.replaceState(history.state, '', `${location.pathname}${written(query)}${location.hash}`);
  main.dataset.query = drawn(query);
}

function show(body) {
  const isTagged = section => section.querySelector('mark, .margin > *') !== null;
  for (const section of body.querySelectorAll('.block')) {
    if (!isTagged(section) && !isTagged(block(section.dataset.number))) section.remove();
  }
  swapAll(body, {isAnew: true});
  rail.take(body);
  for (const section of blocks()) section.querySelector('.pilcrow').search = main.dataset.query;
  const {shown: count, total} = rail.filter().dataset;
  toast.say(`${count} of ${total} shown.`);
}

rail.filter().addEventListener('change', () => apply());
rail.filter().addEventListener('submit', event => {
  event.preventDefault();
  apply();
});
rail.filter().addEventListener('click', event => {
  if (!event.target.closest('.shown a') || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  apply(new URLSearchParams());
});
