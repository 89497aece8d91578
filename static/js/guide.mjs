// Where a newcomer begins: a step goes away for good when it is dismissed. One that is done keeps its place until
// the page is opened again, so that the text does not move under someone's hands.

import {post} from './server.mjs';

const guide = document.getElementById('guide');
const main = document.getElementById('main');

const lineOf = step => guide.querySelector(`li[data-step="${step}"]`);

function dismiss(step) {
  lineOf(step)?.remove();
  if (!guide.querySelector('li') || step === 'all') guide.remove();
  post(guide.dataset.address, {step});
}

function finish(step) {
  const line = lineOf(step);
  if (!line || line.matches('.done')) return;
  line.classList.add('done');
  const sign = document.createElement('span');
  sign.textContent = '✓ Done';
  line.querySelector('button').replaceWith(sign);
  post(guide.dataset.address, {step});
}

// What is tagged shows in the page once the server has it.
function look() {
  if (main.querySelector(`.card[data-annotator="${document.body.dataset.account}"]`)) finish('tag');
}

if (guide) {
  guide.addEventListener('submit', event => {
    event.preventDefault();
    dismiss(event.submitter.value);
  });
  main.addEventListener('acted', ({detail: {answer}}) => {
    if (answer.querySelector('.answer-card textarea[name="note"]')?.value.trim()) finish('note');
  });
  document.addEventListener('click', event => {
    if (event.target.closest('a[href$="/annotations.csv"]')) finish('csv');
  });
  new MutationObserver(look).observe(main, {childList: true, subtree: true});
}
