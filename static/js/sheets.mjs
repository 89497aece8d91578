// Whether a card or a list is open over the margin: a phone shows it as a sheet at the window's foot, and what stands
// there goes elsewhere. A selector that asks for it would look through the whole article at each change.

import {main} from './text.mjs';

let opened = new Set(main.querySelectorAll('.margin > .card[open]'));

export function note(sheet, isOpen) {
  if (isOpen) opened.add(sheet);
  else opened.delete(sheet);
  show();
}

function show() {
  opened = new Set([...opened].filter(sheet => sheet.isConnected));
  document.documentElement.classList.toggle('with-sheet', opened.size > 0);
}

main.addEventListener('toggle', ({target}) => target.matches?.('.margin > .card') && note(target, target.open), true);
show();
