// Tagging every occurrence: who comes back to the places, by Back or by a reload, finds them ticked
// as they left them, those of other pages too, and what they typed.

import './answers-a-form.mjs';
import {hasComeBack} from './came-back.mjs';

const NAME = `places.${document.body.dataset.account}`; // nobody who signs in after finds what was typed
const form = document.getElementById('occurrences');
const isAll = form?.elements.begin.value === 'all';
const boxes = () => [...form.querySelectorAll('.pick input')];
const fields = () => ['tag', 'theme', 'note'].map(name => form.elements[name]).filter(Boolean);
const here = `${location.pathname}${location.search}`;

function keep() {
  const flipped = new Set(form.elements.flipped.value.split(','));
  for (const box of boxes()) flipped[box.checked === isAll ? 'delete' : 'add'](box.value);
  const typed = fields().map(field => field.value);
  sessionStorage.setItem(NAME, JSON.stringify({address: here, flipped: [...flipped], typed}));
}

function restore() {
  const left = JSON.parse(sessionStorage.getItem(NAME));
  if (left?.address !== here) return;
  form.elements.flipped.value = left.flipped.join(',');
  for (const box of boxes()) box.checked = left.flipped.includes(box.value) !== isAll;
  for (const [index, field] of fields().entries()) field.value = left.typed[index];
}

if (form) {
  if (hasComeBack) restore();
  addEventListener('pagehide', keep);
}
