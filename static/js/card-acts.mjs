// What is done in a card: its forms go through the outbox, and their answers into the card as it stands.

import {send, signIn} from './acts.mjs';
import * as autosave from './autosave.mjs';
import {cardOf, close, fullOf, fullShown, renew, shownCard} from './cards.mjs';
import * as drafts from './drafts.mjs';
import {morph} from './morph.mjs';
import * as outbox from './outbox.mjs';
import {swapAll} from './swap.mjs';
import {main} from './text.mjs';
import * as toast from './toast.mjs';
import {restoreDraft} from './card-drafts.mjs';

const {address} = main.dataset;
const NOTE = 'note-form';
const textOfAct = ({fields}) => fields.text ?? fields.reason;

outbox.listen('change', {
  changed(act, state, message, answer) {
    if (act.address !== address || state === outbox.WAITING) return;
    if (state === outbox.REFUSED) {
      refuse(act, message, answer);
      return;
    }
    const card = shownCard(act.annotation);
    card?.classList.add('unsent');
    const isOut = state === outbox.SIGNED_OUT;
    if (act.said === NOTE && card?.open && fullOf(card) && !isOut) {
      autosave.fail(fullOf(card)); // it is said there, and not once more
      return;
    }
    const kept = act.isKept === false ? 'It is in this page alone: leave it open.' : 'It is kept here and sent again.';
    const action = isOut ? {label: 'Sign in', act: signIn} : {label: 'Send now', act: outbox.retry};
    toast.show(`Not saved yet: ${message} ${kept}`, [action], {ofUnsent: true});
  },
  done(act, answer) {
    if (act.address !== address) return;
    const message = answer.body.querySelector('.message').textContent;
    const fresh = answer.body.querySelector('.answer-card .card-full');
    if (act.field && drafts.readText(act.field)?.text === textOfAct(act)) drafts.forgetText(act.field);
    renew(act.annotation, fresh);
    if (act.said === NOTE) autosave.settle(act.annotation, fullShown(act.annotation), {isSaved: true});
    show(act, answer);
    toast.withdrawUnsent();
    main.dispatchEvent(new CustomEvent('acted', {detail: {message, answer: answer.body, said: act.said}}));
  },
});

// Draw the block again; where someone is typing in the card, its line in the margin alone.
function show(act, answer) {
  const card = shownCard(act.annotation);
  card?.classList.remove('unsent');
  const isTyping = card?.contains(document.activeElement) && document.activeElement.matches('textarea, .line input');
  const line = isTyping && answer.body.querySelector(`.card[data-annotation="${act.annotation}"] > summary`);
  if (line) morph(card.querySelector(':scope > summary'), line);
  swapAll(answer.body, isTyping ? {} : {own: act.annotation});
}

// Show why an act was refused, beside what was typed, once. It is let go of once it can be seen.
function refuse(act, message, answer) {
  const fresh = answer.body?.querySelector('.card-full');
  const card = shownCard(act.annotation);
  if (act.said === NOTE) autosave.settle(act.annotation, fullShown(act.annotation), {isSaved: false});
  if (!fresh || !(card || fullShown(act.annotation))) {
    const discard = {label: 'Discard', act: () => outbox.discard(act.key)};
    toast.show(`Not saved: ${message}`, [discard], {stays: true, typed: textOfAct(act) ?? act.fields.note});
    return;
  }
  if (act.field) keepRefused(act, fresh);
  const draft = drafts.read(act.annotation);
  if (draft) drafts.keep(act.annotation, {...draft, asks: fresh.matches('.asks')}, fresh.dataset.version);
  if (fullShown(act.annotation)) renew(act.annotation, fresh);
  else card.querySelector('.body').replaceChildren(fresh);
  if (card) card.open = true;
  const full = fullShown(act.annotation);
  restoreDraft(full);
  full.classList.toggle('unsaved', draft !== null);
  card?.classList.remove('unsent');
  outbox.discard(act.key);
  toast.withdrawUnsent();
  if (!full.querySelector('[role="alert"]')) toast.say(message);
}

// What was refused goes back to where it was typed; what was typed there since comes after it.
function keepRefused({field, said, ...act}, fresh) {
  const sent = textOfAct(act);
  const since = said === 'comment-form' ? drafts.readText(field)?.text : '';
  const text = since && since !== sent ? `${sent}\n\n${since}` : sent;
  const version = fresh.querySelector(`#${field}`)?.form.elements.comment_version?.value;
  drafts.keepText(field, text, version, Boolean(act.fields.question));
}

export function remove(full) {
  const form = full.querySelector('.delete-form');
  if (form) send(full.dataset.annotation, form.action, {version: full.dataset.version}, 'delete');
  else toast.show('You may not delete this annotation: it is a colleague’s.');
}

document.addEventListener('submit', event => {
  const full = event.target.closest('.card-full');
  if (!full) return;
  event.preventDefault();
  const {target: form, submitter} = event;
  if (submitter?.name === 'tag' && submitter.ariaPressed === 'true') return; // it has this tag
  const fields = Object.fromEntries(new FormData(form, submitter));
  delete fields.csrf_token;
  const area = form.querySelector('.discussion textarea');
  if (form.matches('.comment-form')) {
    fields.client_key = outbox.newKey(); // what is written next is another comment
    drafts.forgetText(area.id);
    showUnsent(form, fields.text);
    area.value = '';
    area.defaultValue = ''; // what was refused before stands there, too
    form.elements.question.checked = false;
    area.focus({preventScroll: true});
  }
  if (submitter?.name === 'tag') {
    for (const button of form.elements.tag) button.ariaPressed = String(button === submitter);
  }
  send(full.dataset.annotation, form.action, fields, form.className, area?.id);
  const fold = form.closest('.why, .menu, .fold');
  if (fold) shut(fold);
});

// What is folded away would take the focus along.
function shut(fold) {
  const hadFocus = fold.contains(document.activeElement);
  fold.open = false;
  if (hadFocus) fold.querySelector('summary').focus({preventScroll: true});
}

// Show a comment on its way: it is in the outbox, and its field is free for the next.
function showUnsent(form, text) {
  const line = document.createElement('p');
  line.className = 'said unsent-comment';
  line.dir = 'auto';
  line.textContent = text;
  form.before(line);
}

// Ctrl+Enter sends what is typed. After a note one goes on in the text.
document.addEventListener('keydown', event => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !event.target.matches('textarea')) return;
  event.preventDefault();
  const {form} = event.target;
  const full = event.target.closest('.card-full');
  const card = event.target.closest('.card');
  const isNote = !form || form.matches('.note-form');
  if (!isNote || full?.matches('.asks') || !full) form?.requestSubmit(form.querySelector('button[name="value"]'));
  else autosave.save(full);
  if (card && isNote) close(card);
});
