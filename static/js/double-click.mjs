// A double click selects a word to tag it: the card that its first click opened is closed again.

import {openCard} from './cards.mjs';
import {main} from './text.mjs';

const LATE = 1_000; // ms in which a card may come that was asked for by the first click
let before = null; // the card that was open before the first click
let doubled = -LATE;

main.addEventListener('mousedown', ({detail, target}) => {
  if (detail === 1) before = openCard();
  doubled = detail > 1 && target.closest('.text') ? performance.now() : -LATE;
  closeLate();
});
main.addEventListener('toggle', closeLate, true);

function closeLate() {
  const card = openCard();
  if (card && card !== before && performance.now() - doubled < LATE) card.open = false;
}
