// What just happened, with what can be done about it; and what a screen reader hears.

const toast = document.getElementById('toast');
const said = document.getElementById('said');
const STAYS = 12_000;
let timer = null;

// Show a message with actions: [{label, act, css, isBack}]. One that `stays` waits to be answered;
// `typed` is what somebody wrote that has no other place to be read; `isBack` takes back what the message tells of, in place of the article's own undo.
export function show(message, actions = [], {stays = false, typed = ''} = {}) {
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
  for (const {label, act, css = '', isBack = false} of actions) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = label;
    button.className = css;
    if (isBack) button.dataset.act = 'back';
    button.addEventListener('click', () => {
      hide();
      act();
    });
    toast.append(button);
  }
  toast.hidden = false;
  if (stays) clearTimeout(timer);
  else wait();
}

export function hide() {
  clearTimeout(timer);
  // Whoever pressed a button here goes on in the text, where they were.
  if (toast.contains(document.activeElement)) document.querySelector('.passage[tabindex="0"]')?.focus({preventScroll: true});
  toast.hidden = true;
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

function wait() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (toast.matches(':hover, :focus-within')) wait();
    else hide();
  }, STAYS);
}

if (!toast.hidden) wait();
