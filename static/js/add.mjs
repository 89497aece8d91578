// Adding articles: what is pasted from a web page keeps its headings, quotations and links.

import './app.mjs';
import {get} from './server.mjs';

const LARGE = 300_000; // characters of up to three bytes, or bytes of files: more is taken from who is signed in alone
const SIGNED_OUT = 'You are signed out, and nothing was sent. Sign in in another tab, then send this again: it stays here.';
const UNREACHED = 'The server could not be reached, and nothing was sent. Try again: it stays here.';

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

// The server keeps nothing so large of who is signed out: it is asked before that is sent.
let isAsked = false;
document.addEventListener('submit', async event => {
  const form = event.target;
  if (isAsked || form.enctype !== 'multipart/form-data' || sizeOf(form) < LARGE) return;
  event.preventDefault();
  const {status, body} = await get('/account');
  if (status !== 200 || body.dataset.account !== document.body.dataset.account) {
    said.textContent = status ? SIGNED_OUT : UNREACHED;
    said.scrollIntoView({block: 'center'});
    return;
  }
  form.elements.csrf_token.value = body.dataset.csrf; // they may have signed in again
  isAsked = true;
  form.requestSubmit(event.submitter);
  isAsked = false;
});

const sizeOf = form => [...new FormData(form).values()].reduce((sum, value) => sum + (value.size ?? value.length), 0);
