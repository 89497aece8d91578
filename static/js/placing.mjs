// Placing an annotation by hand: select its words in the text, then "Use this passage".

import './app.mjs';
import * as bar from './bar.mjs';
import * as sentences from './sentences.mjs';
import {block, main, selectedPassage} from './text.mjs';

const form = document.getElementById('selected');
const placebar = document.getElementById('placebar');
const hasLetterKeys = main.dataset.letterKeys === 'true';

document.documentElement.classList.add('scripted');
sentences.setUp();
// Beside the text there is room to see what is to be placed; above it the text would hide that.
const goThere = () => sentences.goTo(block(main.dataset.near));
const isBeside = !matchMedia('(max-width: 60rem)').matches;
if (isBeside && !document.querySelector('.problem')) goThere();
bar.follow(() => placebar);

function send() {
  const found = bar.passageShown();
  if (!found) return;
  for (const name of ['quote', 'start', 'prefix', 'suffix']) form.elements[name].value = found[name];
  form.requestSubmit();
}

const LETTERS = {j: () => sentences.step(1), k: () => sentences.step(-1)};
const PLAIN = {
  ArrowRight: () => sentences.selectSentence(sentences.ONWARD),
  ArrowLeft: () => sentences.selectSentence(-sentences.ONWARD),
  Enter: send,
  Escape: bar.drop,
};
const SHIFTED = {ArrowDown: () => sentences.extend(1), ArrowUp: () => sentences.extend(-1)};

placebar.addEventListener('click', event => {
  if (event.target.closest('[data-act="use"]')) send();
  if (event.target.closest('[data-act="drop"]')) bar.drop();
});

main.addEventListener('click', event => {
  if (!event.target.closest('[data-act="near"]')) return;
  event.preventDefault();
  goThere();
});

document.addEventListener('keydown', event => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  // Where nothing has the focus yet, the keys begin near where the words were.
  const isNowhere = event.target === document.body;
  const isInText = event.target.closest('.passage') || isNowhere;
  if (!isInText || (event.key === 'Enter' && event.target.closest('a'))) return;
  const letters = hasLetterKeys ? LETTERS : {};
  const action = event.shiftKey ? SHIFTED[event.key] : (letters[event.key] ?? PLAIN[event.key]);
  if (!action) return;
  event.preventDefault();
  if (isNowhere && !selectedPassage() && action !== bar.drop) goThere();
  action();
});
