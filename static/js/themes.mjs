// The themes of an annotation, on its card: chosen in a combobox, taken off by their chips, saved at once.

import {sendFields} from './autosave.mjs';
import * as cards from './cards.mjs';
import {fold, hide, isDismissed, matching, suggest} from './combobox.mjs';
import * as server from './server.mjs';
import {main} from './text.mjs';
import * as toast from './toast.mjs';

const FIELD = '.themes-line input[name="theme_names"]';
const known = new Map(); // address of the names -> what was there when they were last asked for

const lineOf = field => field.closest('.themes-line');
const isOpen = field => field.getAttribute('aria-expanded') === 'true';
const idsOf = line => line.querySelector('input[name="themes"]').value.split(';').filter(Boolean);

// The themes that can be given. What was known is offered at once, and what is new when it is there.
async function askFor(field) {
  const {names: address} = lineOf(field).dataset;
  const answer = await server.get(address);
  if (answer.status !== 200) return;
  const items = [...answer.body.querySelectorAll('.theme-names li')];
  const options = items.map(({dataset, className, textContent}) => ({id: dataset.theme, css: className, name: textContent}));
  if (JSON.stringify(options) === JSON.stringify(known.get(address))) return; // what is chosen in the list stays so
  known.set(address, options);
  if (document.activeElement === field && !isDismissed(field) && (isOpen(field) || field.value.trim())) offer(field);
}

function offer(field) {
  const line = lineOf(field);
  const taken = idsOf(line);
  const options = (known.get(line.dataset.names) ?? []).filter(({id}) => !taken.includes(id));
  const typed = field.value.trim();
  const canMake = known.has(line.dataset.names) && !options.some(({name}) => fold(name) === fold(typed));
  suggest(field, matching(options, typed), {
    typed,
    label: 'Themes',
    what: 'theme',
    choose: ({id}) => give(field, {theme_answer: id}),
    make: canMake ? name => give(field, {theme_answer: `new:${name}`}) : null,
  });
}

// Beside those that it has when that is done: what is given before may be on its way.
function give(field, fields) {
  field.value = '';
  sendFields(field.closest('.card-full'), fields);
}

function takeOff(chip) {
  const line = lineOf(chip);
  const field = line.querySelector(FIELD);
  chip.remove();
  field.focus({preventScroll: true});
  give(field, {drop: chip.value});
}

// Open a card and put the cursor where a theme is chosen.
export async function chooseTheme(card) {
  await cards.open(card, {takesFocus: false});
  const field = cards.fullOf(card)?.querySelector(FIELD);
  if (field) field.focus({preventScroll: true});
  else toast.hint('You may not give this annotation themes: it is a colleague’s.');
}

document.addEventListener('focusin', event => {
  if (event.target.matches(FIELD)) askFor(event.target);
});

document.addEventListener('input', event => {
  if (!event.target.matches(FIELD)) return;
  if (event.target.value.trim()) offer(event.target);
  else hide();
});

// The card was drawn again under the field; what was new may be there now.
document.addEventListener('renewed', () => {
  const field = document.activeElement;
  if (!field?.matches(FIELD)) return;
  if (field.value.trim() && !isDismissed(field)) offer(field);
  else hide();
  askFor(field);
});

document.addEventListener('click', event => {
  const chip = event.target.closest('.themes-line button[name="drop"]');
  if (!chip) return;
  event.preventDefault();
  takeOff(chip);
});

document.addEventListener('keydown', event => {
  if (!event.target.matches(FIELD) || event.isComposing) return;
  if (event.key === 'ArrowDown' && !isOpen(event.target)) {
    event.preventDefault();
    offer(event.target);
  } else if (event.key === 'Backspace' && !event.target.value) {
    const last = [...lineOf(event.target).querySelectorAll('button[name="drop"]')].pop();
    if (last) takeOff(last);
  } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
    event.preventDefault(); // nothing is chosen, and the note is saved by itself
  } else if (event.key === 'Escape') {
    event.preventDefault();
    event.target.value = '';
    const card = event.target.closest('.card');
    if (card && main?.contains(card)) cards.close(card);
  }
});
