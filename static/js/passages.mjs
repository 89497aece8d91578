// The passages: a tick of a filter applies at once, and the address follows. Focus and scrolling stay.

import './app.mjs';
import {hasComeBack} from './came-back.mjs';
import * as server from './server.mjs';

const found = () => document.getElementById('found');
const facets = () => document.getElementById('facets');
const here = () => `${location.pathname}${location.search}`;
let asking = 0;
let shown = here();

// What the form asks for, without what stands for nothing.
function asked() {
  const query = new URLSearchParams(new FormData(facets()));
  for (const select of document.querySelectorAll('select[form="facets"]')) {
    if (select.selectedIndex === 0) query.delete(select.name);
  }
  if (!query.get('q')) query.delete('q');
  const boxes = document.querySelectorAll('input[type="checkbox"][name="in"]');
  if (!query.has('q') || query.getAll('in').length === boxes.length) query.delete('in');
  return query;
}

const addressOf = query => `${location.pathname}${query.size ? `?${query}` : ''}`;

async function show(address, {isBack = false} = {}) {
  asking += 1;
  const own = asking;
  found().setAttribute('aria-busy', 'true');
  const answer = await server.get(address);
  if (own !== asking) return; // something else was asked for meanwhile
  const fresh = answer.body?.querySelector('#found');
  if (answer.status !== 200 || !fresh) {
    location.assign(address); // a whole page says what is wrong
    return;
  }
  swap(document.importNode(fresh, true));
  if (!isBack) history.pushState(null, '', found().dataset.address); // its parameters in their order
  shown = here();
  document.getElementById('said').textContent = found().dataset.said;
}

// A sheet that is open stays open, as a facet does that someone opened or closed, and what is ticked ticked.
function swap(fresh) {
  const old = found();
  const isSheet = facets()?.matches(':popover-open');
  const focus = describe(document.activeElement);
  const {scrollTop} = facets() ?? {};
  for (const facet of old.querySelectorAll('.facet')) {
    const again = fresh.querySelector(`#${facet.id}`);
    if (again) again.open = facet.open || again.open;
  }
  const before = ticked();
  old.replaceWith(fresh);
  tick(before); // those that are listed still
  if (isSheet) {
    document.querySelector('.open-facets').focus({preventScroll: true}); // to which closing it leads back
    facets().showPopover();
  }
  if (facets()) facets().scrollTop = scrollTop ?? 0;
  find(focus)?.focus({preventScroll: true});
}

const describe = element => (found().contains(element) ? {name: element.name, value: element.value, tag: element.tagName, css: element.className} : null);

function find(focus) {
  if (!focus) return null;
  const like = [...found().querySelectorAll(focus.tag)];
  if (focus.tag === 'INPUT') return like.find(each => each.name === focus.name && each.value === focus.value);
  if (focus.name) return like.find(each => each.name === focus.name);
  if (focus.tag === 'BUTTON') return like.find(each => each.className === focus.css);
  return found().querySelector('h2');
}

const main = document.getElementById('main');

main.addEventListener('change', event => {
  if (event.target.form === facets() && event.target.type !== 'search') show(addressOf(asked()));
});
main.addEventListener('submit', event => {
  if (event.target !== facets()) return;
  event.preventDefault();
  show(addressOf(asked()));
});
main.addEventListener('click', event => {
  const link = event.target.closest('.chips a');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  show(link.getAttribute('href'));
});

// Whoever opens “Save search” goes on to type its name. (This event does not bubble.)
main.addEventListener(
  'toggle',
  event => {
    if (event.target.matches('.save-search[open]')) event.target.querySelector('[name="name"]').focus();
  },
  true,
);

// The address of what is shown, from its first page on.
main.addEventListener('click', async event => {
  const button = event.target.closest('.copy-address');
  if (!button) return;
  try {
    await navigator.clipboard.writeText(new URL(found().dataset.address, location).href);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'Copy it from the address bar'; // only a secure page may, and not every one
  }
  document.getElementById('said').textContent = button.textContent;
});
addEventListener('popstate', () => {
  if (here() !== shown) show(here(), {isBack: true}); // a skip link changes no more than what stands after the #
});

const boxes = () => [...document.querySelectorAll('.pick input:enabled')];

// Each once: in groups of themes one may stand twice.
const ticked = () => [...new Set(boxes().filter(box => box.checked).map(box => box.value))];

function countTicks() {
  const said = document.querySelector('#bulk .ticked');
  const many = ticked().length;
  if (said) said.textContent = many ? `${many} ticked` : '';
}

function tick(values) {
  for (const box of boxes()) box.checked = values.includes(box.value);
  countTicks();
}

// The address without what it ticks beforehand: pages that answer the form lead back there.
function listed() {
  const query = new URLSearchParams(location.search);
  query.delete('tick');
  return `${location.pathname}?${query}`;
}

main.addEventListener('change', event => {
  if (event.target.closest('.pick')) countTicks();
});
countTicks();

// Who comes back here from a passage, or from what would be done with the ticked, finds as many ticked
// as before. What was changed meanwhile has another version, and so another value.
addEventListener('pagehide', () => {
  sessionStorage.setItem('ticks', JSON.stringify({address: listed(), ticked: ticked()}));
});
if (hasComeBack) {
  const left = JSON.parse(sessionStorage.getItem('ticks'));
  if (left?.address === listed()) tick(left.ticked);
}

// From a tick it is a hundred Tabs to what can be done with the ticked: Enter leads there.
main.addEventListener('keydown', event => {
  if (event.key !== 'Enter' || !event.target.closest('.pick')) return;
  event.preventDefault();
  const fields = document.querySelectorAll('#bulk :is(input, button)');
  [...fields].find(field => field.offsetParent)?.focus(); // a phone shows fewer of them
});

// What was ticked before this was loaded.
if ([...(facets()?.elements ?? [])].some(box => box.type === 'checkbox' && box.checked !== box.defaultChecked)) show(addressOf(asked()));
