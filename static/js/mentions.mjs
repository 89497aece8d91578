// Naming members: while one types after an @, whom it could mean, to be chosen by arrows and Enter.
//
// The focus stays in the text; the list says which name is chosen (ARIA's active descendant).

import * as server from './server.mjs';

const MOST = 8;
const TYPED = /(?:^|[^\w.+-])@([^\n@]{0,60})$/u;
const known = new Map(); // id of an annotation -> its people, asked for once

let shown = null; // {area, list, from}: the @ stands at `from`

document.addEventListener('input', event => {
  if (event.target.matches('.discussion textarea')) suggest(event.target);
});

async function suggest(area) {
  const typed = TYPED.exec(area.value.slice(0, area.selectionStart));
  if (!typed) {
    hide();
    return;
  }
  const people = await peopleFor(area.closest('.card-full').dataset.annotation);
  const now = TYPED.exec(area.value.slice(0, area.selectionStart));
  const found = now ? matching(people, now[1].toLowerCase()) : [];
  hide();
  if (found.length && document.activeElement === area) show(area, found, area.selectionStart - now[1].length - 1);
}

function peopleFor(annotation) {
  if (!known.has(annotation)) {
    const asked = server.get(`/annotations/${annotation}/names`).then(answer => {
      if (answer.status !== 200) known.delete(annotation); // asked for again at the next letter
      return [...(answer.body?.querySelectorAll('.people-to-name li') ?? [])];
    });
    known.set(annotation, asked);
  }
  return known.get(annotation);
}

function matching(people, typed) {
  const begins = name => name.startsWith(typed) || name.split(' ').some(word => typed && word.startsWith(typed));
  return people.filter(person => begins(person.dataset.label.toLowerCase())).slice(0, MOST);
}

function show(area, people, from) {
  const list = document.createElement('ul');
  list.className = 'names';
  list.id = `names-${area.id}`;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Members');
  people.forEach((person, place) => {
    const option = document.createElement('li');
    option.id = `${list.id}-${place}`;
    option.setAttribute('role', 'option');
    option.dataset.label = person.dataset.label;
    option.append(...[...person.childNodes].map(node => node.cloneNode(true)));
    list.append(option);
  });
  list.addEventListener('pointerdown', event => event.preventDefault()); // the focus stays where it is
  list.addEventListener('click', event => {
    const option = event.target.closest('li');
    if (option) choose(option);
  });
  area.after(list);
  area.setAttribute('aria-controls', list.id);
  area.setAttribute('aria-autocomplete', 'list');
  shown = {area, list, from};
  point(list.firstElementChild);
}

function hide() {
  if (!shown) return;
  shown.list.remove();
  for (const name of ['aria-controls', 'aria-autocomplete', 'aria-activedescendant']) shown.area.removeAttribute(name);
  shown = null;
}

function point(option) {
  for (const other of shown.list.children) other.setAttribute('aria-selected', String(other === option));
  shown.area.setAttribute('aria-activedescendant', option.id);
}

function choose(option) {
  const {area, from} = shown;
  hide();
  area.setRangeText(`@${option.dataset.label} `, from, area.selectionStart, 'end');
  area.dispatchEvent(new InputEvent('input', {bubbles: true}));
}

document.addEventListener(
  'keydown',
  event => {
    if (!shown || event.target !== shown.area || event.isComposing) return;
    const options = [...shown.list.children];
    const chosen = options.findIndex(option => option.ariaSelected === 'true');
    const acts = {
      ArrowDown: () => point(options[(chosen + 1) % options.length]),
      ArrowUp: () => point(options[(chosen - 1 + options.length) % options.length]),
      Enter: () => choose(options[chosen]),
      Tab: () => choose(options[chosen]),
      Escape: hide,
    };
    if (!acts[event.key] || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation(); // Enter and Escape would do more than this in the card
    acts[event.key]();
  },
  true,
);

document.addEventListener('focusout', event => {
  if (event.target === shown?.area) hide();
});
