// Acts on annotations that are there: every one is kept in the outbox until the server has it.

import * as outbox from './outbox.mjs';
import {main} from './text.mjs';

const {address} = main.dataset;

// `said` names the form that it came from; `field` is the text area that a comment or a reason was
// typed into, by its id.
export function send(annotation, url, fields, said, field = null) {
  outbox.add({key: outbox.newKey(), kind: 'change', url, address, fields, annotation, said, field});
}

export function signIn() {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}
