// Half-typed notes and the like, kept in this browser until the server has them.
//
// Each knows the version of the annotation that it was typed over, so that a save after a reload
// cannot put it in place of what someone else has written since.

import * as store from './store.mjs';

const KIND = 'note';

// `fields` are what is typed, by name: {note}; where both versions were shown, `asks` is true beside them.
export const keep = (annotation, fields, version) => store.keep(KIND, annotation, {...fields, version});
export const read = annotation => store.read(KIND, annotation);
export const forget = annotation => store.forget(KIND, annotation);

// The server has an act: what it holds is no draft any more; what was typed since is over the new version.
export function settle({annotation, fields}, version) {
  const draft = read(annotation);
  if (!draft) return;
  const {version: over, asks, ...typed} = draft;
  const left = Object.entries(typed).filter(([name, value]) => value !== fields[name]);
  if (!left.length) forget(annotation);
  else if (over === fields.version) keep(annotation, Object.fromEntries(left), version);
}

// What is half typed into a comment or a reason, by the field that it stands in.
const TEXT = 'text';

export const keepText = (field, text, version, isQuestion = false) => store.keep(TEXT, field, {text, version, isQuestion});
export const readText = field => store.read(TEXT, field);
export const forgetText = field => store.forget(TEXT, field);

// Note that a text was sent by the browser itself: the next page shows what became of it.
export const sendText = field => send(TEXT, field);
export const sendNote = annotation => send(KIND, annotation);

function send(kind, key) {
  const draft = store.read(kind, key);
  if (draft) store.keep(kind, key, {...draft, isSent: true});
}
