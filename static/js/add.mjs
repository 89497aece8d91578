// Adding articles: what is pasted from a web page keeps its headings, quotations and links.

import './app.mjs';

const text = document.getElementById('text');
const html = document.getElementById('pasted-html');
const said = document.getElementById('pasted');
let pasted = '';

text.addEventListener('paste', event => {
  const markup = event.clipboardData?.getData('text/html') ?? '';
  if (!markup || text.value.trim()) return; // only a paste into an empty box is the whole article
  html.value = markup;
  setTimeout(() => {
    pasted = text.value;
    said.textContent = 'Headings, quotations and links are kept as they were copied.';
  });
});

text.addEventListener('input', event => {
  if (!html.value || event.inputType === 'insertFromPaste' || text.value === pasted) return;
  html.value = ''; // what was changed by hand counts
  said.textContent = 'Changed by hand: only the text itself is taken.';
});
