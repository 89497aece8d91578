// Tagging the selected passage: painted at the press, a mark when the server has it.

import {cardOf, change, openCard, signIn, whenFilled} from './cards.mjs';
import * as outbox from './outbox.mjs';
import {paint, wipe} from './paint.mjs';
import * as swap from './swap.mjs';
import {block, blockAt, main, passageOf} from './text.mjs';
import * as toast from './toast.mjs';

const {address} = main.dataset;
const LONGEST = Number(main.dataset.longest); // code points
const lines = new Map(); // key -> the pending line in the margin
const SAVED = 'saved'; // the server has it, and its block waits to be swapped
let lastTagged = null; // id of the annotation that was tagged last

export const canTag = main.dataset.canTag === 'true';
export const lastTaggedCard = () => (lastTagged ? cardOf(lastTagged) : null);
export const capital = word => word[0].toUpperCase() + word.slice(1);

// Tag a passage. The selection goes, the focus stays in the text.
export function tag(passage, name) {
  const key = outbox.newKey();
  const {start, end, quote, prefix, suffix} = passage;
  if (end - start > LONGEST) {
    toast.show(`A passage has at most ${LONGEST.toLocaleString('en')} characters; this has ${(end - start).toLocaleString('en')}. Tag it in parts.`);
    return;
  }
  outbox.add({
    key,
    kind: 'create',
    url: `${address}/annotations`,
    address,
    fields: {quote, start, prefix, suffix, tag: name, client_key: key},
    passage: {start, end, tag: name},
  });
  const focus = document.activeElement;
  getSelection().collapse(getSelection().focusNode, getSelection().focusOffset);
  if (!main.contains(focus) || !focus.closest('.passage')) passageOf(passage.first).focus({preventScroll: true});
}

function show(act, state, message) {
  if (act.address !== address) return;
  const {start, end, tag: name} = act.passage;
  paint(`pending-${name}`, act.key, start, end);
  const line = lines.get(act.key) ?? document.createElement('div');
  line.className = `pending ${name} ${state}`;
  line.dataset.start = start;
  const words = document.createElement('p');
  const bold = document.createElement('b');
  bold.textContent = capital(name);
  const kept = act.isKept === false ? 'Leave this page open: it is here alone' : 'It is kept here';
  const says = {
    [outbox.WAITING]: ' saving…',
    [outbox.FAILING]: ` not saved yet. ${kept} and sent again. `,
    [outbox.SIGNED_OUT]: ` not saved: ${message} ${kept}. `,
    [SAVED]: ' saved',
    [outbox.REFUSED]: ` not saved. ${message} `,
  };
  words.append(bold, says[state]);
  line.replaceChildren(words);
  if (state === outbox.FAILING) line.append(button('Send now', outbox.retry));
  if (state === outbox.SIGNED_OUT) line.append(button('Sign in', signIn));
  if (state === outbox.REFUSED) line.append(button('Discard', () => forget(act)));
  lines.set(act.key, line);
  blockAt(start).querySelector('.margin').append(line);
  if (![outbox.WAITING, SAVED].includes(state)) toast.say(`${line.textContent} ${act.fields.quote.slice(0, 60)}`);
}

function button(label, act) {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'chip';
  made.textContent = label;
  made.addEventListener('click', act);
  return made;
}

function forget(act) {
  outbox.discard(act.key);
  clear(act);
}

function clear(act) {
  wipe(`pending-${act.passage.tag}`, act.key);
  lines.get(act.key)?.remove();
  lines.delete(act.key);
}

outbox.listen('create', {
  changed: show,
  done(act, answer) {
    if (act.address !== address) return;
    const message = answer.body.querySelector('.message').textContent;
    lastTagged = answer.body.querySelector('.answer').dataset.annotation;
    const number = answer.body.querySelector('.block')?.dataset.number;
    const drawn = Number(answer.body.querySelector('.block')?.dataset.drawn);
    swap.swapAll(answer.body);
    // The paint stays until the mark is there: the block may be waiting for someone's hands.
    if (!number || Number(block(number)?.dataset.drawn) >= drawn) clear(act);
    else {
      saved.set(act.key, {act, drawn});
      show(act, SAVED, '');
    }
    main.dispatchEvent(new CustomEvent('acted', {detail: {message, answer: answer.body, said: 'create'}}));
  },
});

const saved = new Map();

swap.listen(fresh => {
  for (const [key, {act, drawn}] of saved) {
    if (Number(fresh.dataset.drawn) >= drawn && blockAt(act.passage.start) === fresh) {
      saved.delete(key);
      clear(act);
    }
  }
  for (const line of lines.values()) {
    if (!line.isConnected) blockAt(Number(line.dataset.start)).querySelector('.margin').append(line);
  }
});

// Change the tag of the open card.
export function retag(name) {
  const card = openCard();
  if (card) whenFilled(card).then(full => full && change(full, {tag: name}, 'retag'));
  return Boolean(card);
}
