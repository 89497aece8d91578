// Drafts on pages whose forms are sent by the browser itself: what was typed is kept until the
// next page shows that the server has it, or has answered with it.

import * as drafts from './drafts.mjs';
import {restoreDraft, restoreText} from './card-drafts.mjs';

const isAnswered = document.querySelector('.problem, .toast') !== null;

function restore(page) {
  for (const area of page.querySelectorAll('.discussion textarea[name], .kept textarea')) {
    const draft = drafts.readText(area.id);
    if (draft && (draft.text.trim() === area.value.trim() || (draft.isSent && isAnswered))) drafts.forgetText(area.id);
    else restoreText(area);
  }
  const full = page.querySelector('.card-full');
  if (!full) return;
  const note = drafts.read(full.dataset.annotation);
  const area = full.querySelector('.note-form textarea');
  if (note && area && ((note.note ?? '').trim() === area.value.trim() || (note.isSent && isAnswered))) drafts.forget(full.dataset.annotation);
  restoreDraft(full);
}

document.addEventListener('submit', event => {
  for (const area of event.target.querySelectorAll('textarea[name]')) {
    if (area.matches('.note-form textarea')) drafts.sendNote(area.closest('.card-full').dataset.annotation);
    else drafts.sendText(area.id);
  }
});

restore(document.getElementById('main'));
