// What an act did, in a toast that offers Undo; undo and redo by key and by button.

import {send} from './acts.mjs';
import {cardOf, renew, writeNote} from './cards.mjs';
import {tellOfCorrection} from './corrected.mjs';
import * as outbox from './outbox.mjs';
import * as server from './server.mjs';
import {isOfAnotherText, swapAll} from './swap.mjs';
import {main} from './text.mjs';
import {writeEarlyNote} from './tagging.mjs';
import * as toast from './toast.mjs';

const {address} = main.dataset;

export const undo = () => toast.pressBack() || take('undo');
export const redo = () => take('redo');

// It waits its turn behind what is not saved yet, and is done once however often it is sent.
function take(word) {
  const key = outbox.newKey();
  outbox.add({key, kind: 'undo', word, url: `${address}/${word}`, address, fields: {client_key: key}});
}

outbox.listen('undo', {
  changed(act, state, message) {
    if (act.address !== address || state === outbox.WAITING) return;
    const isRefused = state === outbox.REFUSED;
    if (isRefused) outbox.discard(act.key);
    const words = isRefused ? message : `Not done yet: ${message} It is sent again.`;
    toast.show(words, isRefused ? [] : [{label: 'Send now', act: outbox.retry}], {stays: !isRefused});
  },
  done(act, answer) {
    if (act.address !== address) return;
    if (isOfAnotherText(answer.body)) {
      tellOfCorrection(server.messageOf(answer));
      return;
    }
    const id = answer.body.querySelector('.answer').dataset.annotation;
    renew(id, answer.body.querySelector('.answer-card .card-full'));
    swapAll(answer.body, {own: id});
    const other = act.word === 'undo' ? {label: 'Redo', act: redo} : {label: 'Undo', act: undo};
    toast.show(server.messageOf(answer), [other]);
  },
});

main.addEventListener('acted', event => {
  const {message, answer, said} = event.detail;
  if (isOfAnotherText(answer)) {
    tellOfCorrection(message);
    return;
  }
  const words = answer.querySelector('.message');
  const {annotation, deleted} = answer.querySelector('.answer').dataset;
  const {back, backFields} = words.dataset;
  if (back !== undefined) { // said in a thread: it has a way back of its own, or none
    const undoIt = {label: 'Undo', isBack: true, act: () => send(annotation, back, JSON.parse(backFields), 'discussion')};
    toast.show(message, back ? [undoIt] : []);
    return;
  }
  if (said === 'note-form') { // its state stands beside it
    toast.withdrawTag(annotation);
    toast.say('Note saved.');
    return;
  }
  const note = {label: 'Add a note', act: () => addNote(annotation)};
  const canNote = said === 'create' && deleted === 'false' && words.dataset.canChange === 'true';
  toast.show(message, [...(canNote ? [note] : []), {label: 'Undo', act: undo}], {ofTag: canNote ? annotation : null});
});

function addNote(annotation) {
  const card = cardOf(annotation);
  if (card) writeNote(card);
  else writeEarlyNote();
}

main.addEventListener('submit', event => {
  if (event.target.matches('.undo-form, .redo-form')) {
    event.preventDefault();
    take(event.target.matches('.undo-form') ? 'undo' : 'redo');
  }
});

document.getElementById('toast').addEventListener('submit', event => {
  if (!event.target.action.endsWith('/undo') && !event.target.action.includes('/undo?')) return; // a way back of its own
  event.preventDefault();
  toast.hide();
  take('undo');
});
