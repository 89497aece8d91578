// A field that offers what matches as one types: the combobox of ARIA 1.2, with a list of at most seven.
//
// The focus stays in the field; the list says which option is active. What is new is the last option, and takes
// Enter twice, so that a typing error makes nothing.

const MOST = 7;
const WORD = /[^\p{L}\p{N}]+/u;
const LETTERS = {ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ħ: 'h', ı: 'i', æ: 'ae', œ: 'oe', ß: 'ss'};

// What differs by case, accents or quotation marks alone is equal, as the server has it.
export function fold(text) {
  const plain = text.normalize('NFKD').toLowerCase().replace(/([иу]\u0306)|\p{M}|["'“”„‟«»‘’‚‛‹›´`′″]/gu, (_found, letter) => letter ?? '');
  return plain.replace(/[øłđðþħıæœß]/g, letter => LETTERS[letter]).replace(/\s+/g, ' ').trim();
}

// Those whose words begin with all that is typed, in their order.
export function matching(options, typed) {
  const words = fold(typed).split(' ').filter(Boolean);
  const has = (name, word) => fold(name).startsWith(word) || fold(name).split(WORD).some(part => part.startsWith(word));
  return options.filter(({name}) => words.every(word => has(name, word)));
}

let shown = null; // {field, list, options, armed}: the field that has the list
let dismissed = null; // the field whose list was closed by Escape, until it is offered again

// Whether a list was closed by hand: what comes late from the server does not open it again.
export const isDismissed = field => field === dismissed;

// Show what matches a field, at most seven. `options` are {name, css, about, …}; `choose` is told of one, and `make` of
// the name that was `typed`, each with the key that took it; without `make` nothing new is offered. `what` is what one is.
export function suggest(field, options, {typed, choose, make, label, what}) {
  const found = options.slice(0, MOST).map(option => ({...option, act: key => choose(option, key)}));
  if (make && fold(typed)) {
    if (found.length === MOST) found.pop();
    found.push({name: typed, isNew: true, what, act: key => make(typed, key)});
  }
  hide();
  dismissed = null;
  if (!found.length) return;
  const list = document.createElement('ul');
  list.className = 'names options';
  list.id = `options-${field.id}`;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', label);
  list.append(...found.map((option, place) => drawn(option, `${list.id}-${place}`)));
  list.addEventListener('pointerdown', event => event.preventDefault()); // the focus stays where it is
  list.addEventListener('click', event => take([...list.children].indexOf(event.target.closest('li')), 'click'));
  field.closest('.line').append(list);
  field.setAttribute('aria-expanded', 'true');
  field.setAttribute('aria-controls', list.id);
  shown = {field, list, options: found, armed: false};
  if (typed) point(0);
}

function drawn({name, css, about, isNew}, id) {
  const option = document.createElement('li');
  option.id = id;
  option.setAttribute('role', 'option');
  option.setAttribute('aria-selected', 'false');
  if (isNew) option.className = 'new';
  else if (css) option.className = `theme ${css}`;
  option.textContent = isNew ? `New: “${name}”` : name;
  if (about) {
    const small = document.createElement('small');
    small.textContent = about;
    option.append(' ', small);
  }
  return option;
}

export function hide() {
  if (!shown) return;
  const {field, list} = shown;
  shown = null;
  list.remove();
  field.setAttribute('aria-expanded', 'false');
  for (const name of ['aria-controls', 'aria-activedescendant']) field.removeAttribute(name);
}

const active = () => [...shown.list.children].findIndex(option => option.ariaSelected === 'true');

function point(place) {
  [...shown.list.children].forEach((option, other) => option.setAttribute('aria-selected', String(other === place)));
  const option = shown.list.children[place];
  shown.field.setAttribute('aria-activedescendant', option.id);
  option.scrollIntoView({block: 'nearest'});
}

// Of themes and parties several stand in one field, with semicolons between; a position is a sentence of its own.
const hasSeparator = ({name, what}) => what !== 'position' && name.includes(';');

function take(place, key) {
  const option = shown.options[place];
  if (!option) return;
  if (option.isNew && hasSeparator(option)) {
    point(place);
    shown.list.children[place].textContent = `The name of a ${option.what} has no semicolon: leave it out`;
    return;
  }
  if (option.isNew && !shown.armed) {
    shown.armed = true;
    point(place);
    shown.list.children[place].textContent = `Enter again makes the new ${option.what} “${option.name}”`;
    return;
  }
  hide();
  option.act(key);
}

// Take the first option of a field's list, as by an Enter that was pressed before it was there.
export function takeFirst(field) {
  if (shown?.field === field) take(0, 'Enter');
}

// What is typed now is asked for: nothing is taken of the list of before.
export function outdate(field) {
  if (shown?.field === field) shown.isOutdated = true;
}

function dismiss() {
  dismissed = shown.field;
  hide();
}

function step(by) {
  const count = shown.options.length;
  const place = active();
  point(place < 0 ? (by > 0 ? 0 : count - 1) : (place + by + count) % count);
}

document.addEventListener(
  'keydown',
  event => {
    if (!shown || event.target !== shown.field || event.isComposing) return;
    if (shown.isOutdated && ['Enter', 'Tab'].includes(event.key)) return;
    const place = active();
    const acts = {
      ArrowDown: () => step(1),
      ArrowUp: () => step(-1),
      Enter: () => take(place, 'Enter'),
      Escape: dismiss,
    };
    if (event.key === 'Tab' && place >= 0 && !event.shiftKey && !shown.options[place].isNew) take(place, 'Tab'); // and goes on
    if (!acts[event.key] || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation(); // Enter and Escape would do more than this in the card
    acts[event.key]();
  },
  true,
);

document.addEventListener('focusout', event => {
  if (event.target === shown?.field) hide();
  if (event.target === dismissed) dismissed = null;
});
