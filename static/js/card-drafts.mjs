// What is half typed into notes, comments, edits and reasons is kept, and put back into its field.

import * as drafts from './drafts.mjs';

const KEPT = '.note-form textarea, .name-line [role="combobox"]'; // what is typed in a card's fields

export function restoreDraft(full) {
  const draft = drafts.read(full.dataset.annotation);
  for (const area of draft ? full.querySelectorAll(KEPT) : []) {
    const typed = draft[area.name];
    if (typed === undefined || typed === area.value) continue;
    area.value = typed;
    area.form.elements.version.value = draft.version;
    if (draft.asks) full.classList.add('asks');
    mark(area);
  }
  for (const field of full.querySelectorAll('.discussion textarea[name]')) restoreText(field);
}

export function restoreText(area) {
  const draft = drafts.readText(area.id);
  if (!draft || draft.text === area.value) return;
  area.value = draft.text;
  const version = versionOf(area);
  if (draft.version && version) version.value = draft.version;
  const tick = tickOf(area);
  if (tick) tick.checked = Boolean(draft.isQuestion);
  for (let fold = area.closest('details:not(.card)'); fold; fold = fold.parentElement.closest('details:not(.card)')) fold.open = true;
}

export function keepText(area) {
  if (area.value === area.defaultValue) drafts.forgetText(area.id);
  else drafts.keepText(area.id, area.value, versionOf(area)?.value, tickOf(area)?.checked);
}

// The tick that makes a comment a question.
const tickOf = area => (area.name === 'text' ? area.form.elements.question : null);

// The field that says over which version a text is typed, where there is one.
const versionOf = area => area.form.elements.comment_version ?? area.form.elements.number;

function mark(area) {
  area.closest('.card-full').classList.toggle('unsaved', area.value !== area.defaultValue);
}

document.addEventListener('input', event => {
  if (event.target.matches('.discussion textarea, .kept textarea')) keepText(event.target);
  if (event.target.matches('.comment-form [name="question"]')) keepText(event.target.form.elements.text);
  if (event.target.matches(KEPT)) keepTyped(event.target.closest('.card-full'));
});

// Keep what is typed in a card's fields and not sent, or forget what was kept where nothing is.
export function keepTyped(full) {
  const form = full.querySelector('.note-form');
  const {annotation} = full.dataset;
  const typed = [...form.querySelectorAll(KEPT)].filter(({value, defaultValue}) => value !== defaultValue);
  const fields = Object.fromEntries(typed.map(({name, value}) => [name, value]));
  const asks = full.matches('.asks');
  if (typed.length) drafts.keep(annotation, {...fields, ...(asks && {asks})}, form.elements.version.value);
  else drafts.forget(annotation);
  full.classList.toggle('unsaved', typed.length > 0);
}
