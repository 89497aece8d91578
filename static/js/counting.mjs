// What one has just tagged, changed or taken back is counted at once, and stands on the strip. The rail that is fetched a
// moment later has it exactly.

import * as rail from './rail.mjs';
import * as steps from './steps.mjs';
import * as strip from './strip.mjs';
import {listenToAnswers} from './swap.mjs';

const told = new Map(); // id -> what the last answer told of it: {tag, annotator, says}, or null

// What an annotation was before an act, null where it was not, undefined where nobody has told it: the filter hides it.
function find(id, now, isNew) {
  const step = steps.find(id);
  if (step) return {...now, tag: step.tag, says: step.says};
  return isNew ? null : told.get(id);
}

listenToAnswers(body => {
  const {annotation, tag, annotator, start, end, says, deleted, isNew} = body.querySelector('.answer').dataset;
  if (tag === undefined) return;
  const id = Number(annotation);
  const now = {tag, annotator, says: says.split(' ').filter(Boolean)};
  const before = find(id, now, isNew === 'true');
  const after = deleted === 'true' ? null : now;
  told.set(id, after);
  if (before === undefined) return;
  const isShown = rail.count(before, after);
  steps.put(id, isShown ? {id, start: Number(start), end: Number(end), tag, says: now.says} : null);
  strip.draw(new Set([before?.tag, tag].filter(Boolean)));
});
