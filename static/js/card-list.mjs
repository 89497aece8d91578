// The list of what is shown, for windows without room beside the text; and popovers that close when one goes elsewhere.

import * as cards from './cards.mjs';
import * as steps from './steps.mjs';
import {blockBelow, main, rangeOf, startOf} from './text.mjs';

const MOST = 300; // rows; of more, those from where one reads
const LONGEST = 80; // characters of words

const list = document.getElementById('list');
const rail = document.getElementById('rail');

function shownRows() {
  const all = steps.all();
  if (all.length <= MOST) return all;
  const from = all.findIndex(({start}) => start >= startOf(blockBelow(0)));
  return all.slice(Math.max(0, Math.min(from, all.length - MOST))).slice(0, MOST);
}

function rowOf(step) {
  const row = document.createElement('li');
  const button = document.createElement('button');
  const card = cards.cardOf(step.id);
  button.type = 'button';
  button.className = `row ${card?.dataset.tag ?? [...(card?.classList ?? [])].find(name => name !== 'card') ?? ''}`;
  if (card) button.append(...[...card.querySelector('summary').childNodes].map(node => node.cloneNode(true)));
  else button.append(rangeOf(step.start, step.end).toString().slice(0, LONGEST));
  button.addEventListener('click', () => {
    list.hidePopover();
    steps.goTo(step);
    if (card) cards.open(card);
  });
  row.append(button);
  return row;
}

list.addEventListener('beforetoggle', event => {
  if (event.newState !== 'open') return;
  const rows = shownRows();
  list.querySelector('h2').textContent = rows.length < steps.all().length ? `${rows.length} of ${steps.all().length} annotations, from here` : 'Annotations';
  list.querySelector('ol').replaceChildren(...rows.map(rowOf));
});

// On a phone a card is a sheet, too: it does not stay below another.
for (const sheet of [list, rail]) {
  sheet.addEventListener('beforetoggle', event => {
    const card = cards.openCard();
    if (card && event.newState === 'open' && matchMedia('(max-width: 46rem)').matches) card.open = false;
  });
}

// Whoever follows the outline reads on in the text.
main.addEventListener('click', event => {
  if (event.target.closest('.rail .outline a') && rail.matches(':popover-open')) rail.hidePopover();
});
