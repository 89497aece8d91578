// The tag bar, and the bar that takes its place while the boundaries of an annotation are changed.

import {send} from './acts.mjs';
import * as bar from './bar.mjs';
import {cardOf, fullOf, openCard, showPassage} from './cards.mjs';
import {canTag, isTagged, listen as listenToTags, toggle} from './tagging.mjs';
import {main, passageOf, select} from './text.mjs';
import * as toast from './toast.mjs';

const tagbar = document.getElementById('tagbar');
const boundsbar = document.getElementById('boundsbar');

let bounds = null; // {annotation, url, version} while boundaries are changed

bar.follow(() => {
  if (!canTag) return null;
  return bounds ? boundsbar : tagbar;
});

// A button is pressed while the words have its tag by oneself.
function press() {
  const found = tagbar.hidden ? null : bar.passageShown();
  for (const button of found ? tagbar.querySelectorAll('[data-tag]') : []) button.ariaPressed = String(isTagged(found, button.dataset.tag));
}

bar.listen(press);
listenToTags(press);

export const isChangingBounds = () => bounds !== null;

// Meanwhile a small screen shows the text and not the card over it.
function setBounds(value) {
  bounds = value;
  main.classList.toggle('choosing', bounds !== null);
}

// Begin to change the boundaries of the annotation whose card is open.
export function changeBounds() {
  const card = openCard();
  const full = fullOf(card);
  const form = full?.querySelector('.bounds-form');
  if (!form) return;
  setBounds({annotation: full.dataset.annotation, url: form.action, version: full.dataset.version});
  const {start, end} = full.dataset;
  showPassage(card);
  passageOf(card.closest('.block')).focus({preventScroll: true});
  select(Number(start), Number(end));
  toast.say('Extend or shrink the selection, then press Enter.');
}

export function saveBounds() {
  const found = bar.passageShown();
  if (!bounds || !found) return;
  const {quote, start, prefix, suffix} = found;
  const {annotation, url, version} = bounds;
  setBounds(null);
  send(annotation, url, {version, quote, start, prefix, suffix}, 'bounds');
  bar.drop();
}

export function cancelBounds() {
  const card = bounds && cardOf(bounds.annotation);
  setBounds(null);
  bar.drop();
  if (card) card.querySelector('summary').focus();
}

function act(event) {
  const button = event.target.closest('button');
  if (!button) return;
  const found = bar.passageShown();
  if (button.dataset.tag && found) {
    if (event.detail < 2) toggle(found, button.dataset.tag); // the second press of a double click takes nothing back
    return;
  }
  if (button.dataset.act === 'save-bounds') saveBounds();
  if (button.dataset.act === 'cancel-bounds') cancelBounds();
  bar.hide();
}

for (const each of [tagbar, boundsbar]) {
  each.addEventListener('click', act);
  each.addEventListener('keydown', event => {
    if (event.key !== 'Escape') return;
    event.preventDefault(); // else it would go on to the selection
    if (bounds) cancelBounds();
    else bar.hide();
  });
}

main.addEventListener('click', event => {
  if (event.target.closest('[data-act="bounds"]')) changeBounds();
});

// Whoever closes the card changes its boundaries no more.
main.addEventListener(
  'toggle',
  event => {
    if (bounds?.annotation !== event.target.dataset.annotation || event.target.open) return;
    setBounds(null);
    bar.hide();
  },
  true,
);
