// What just happened, with what can be done about it; and what a screen reader hears.

const toast = document.getElementById('toast');
const said = document.getElementById('said');
const line = document.getElementById('hint');
const READ = 5_000; // ms
let reading = null;
const STAYS = 8_000; // ms
let timer = null;
let isOfUnsent = false;
let annotation = null; // the one whose tag the message tells of
let shown = ''; // what is drawn: JSON of the message, what was typed, and the actions' labels
let acts = []; // what its buttons do, in their order

// Show a message with actions: [{label, act, isBack}]. One that `stays` waits to be answered, and one
// `ofUnsent` until what it tells of is sent, one `ofTag` of an annotation until its note is saved; `typed` is what somebody wrote that has no other place to be read; `isBack` takes back what the message tells of, in place of the article's own undo.
export function show(message, actions = [], {stays = false, ofUnsent = false, ofTag = null, typed = ''} = {}) {
  isOfUnsent = ofUnsent;
  annotation = ofTag;
  acts = actions.map(({act}) => act);
  const content = JSON.stringify([message, typed, actions]); // but for what the actions do
  const isSaidAgain = (stays || ofUnsent) && !toast.hidden && content === shown;
  if (!isSaidAgain) draw(message, actions, typed); // somebody may be at its buttons
  shown = content;
  toast.hidden = false;
  toast.classList.toggle('long', stays || ofUnsent);
  if (stays || ofUnsent) clearTimeout(timer);
  else wait();
}

function draw(message, actions, typed) {
  toast.replaceChildren();
  const words = document.createElement('p');
  words.textContent = message;
  toast.append(words);
  if (typed) {
    const kept = document.createElement('p');
    kept.className = 'typed-text';
    kept.dir = 'auto';
    kept.textContent = typed;
    toast.append(kept);
  }
  for (const [number, {label, isBack = false}] of actions.entries()) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = label;
    if (isBack) button.dataset.act = 'back';
    button.addEventListener('click', () => {
      hide();
      acts[number]();
    });
    toast.append(button);
  }
}

export function hide() {
  clearTimeout(timer);
  // Whoever pressed a button here goes on in the text, where they were.
  if (toast.contains(document.activeElement)) document.querySelector('.passage[tabindex="0"]')?.focus({preventScroll: true});
  toast.hidden = true;
  isOfUnsent = false;
  annotation = null;
}

// What was not sent yet is sent: nothing is to be said of it any more.
export function withdrawUnsent() {
  if (isOfUnsent) hide();
}

// The note that it offers is written, and its undo would take that back.
export function withdrawTag(of) {
  if (annotation === of) hide();
}

// Press the button that takes back what the message tells of. Says whether there is one.
export function pressBack() {
  const button = toast.hidden ? null : toast.querySelector('[data-act="back"]');
  button?.click();
  return button !== null;
}

export function say(words) {
  said.textContent = words;
}

// Say why a press did nothing, in a line that is gone when it has been read.
export function hint(words) {
  clearTimeout(reading);
  line.textContent = words;
  reading = setTimeout(() => line.replaceChildren(), READ);
}

function wait() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (toast.matches(':hover, :focus-within')) wait();
    else hide();
  }, STAYS);
}

if (!toast.hidden) wait();
