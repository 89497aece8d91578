// Painting passages that are no marks yet, or that a card points at, without touching the text.

import {rangesOf} from './text.mjs';

const painted = new Map(); // name of the highlight -> Map(key -> [start, end])

// Paint a passage under a name that the style sheet knows as ::highlight(name).
export function paint(name, key, start, end) {
  if (!painted.has(name)) painted.set(name, new Map());
  painted.get(name).set(key, [start, end]);
  draw(name);
}

// Paint passages, [start, end] each, in place of all that is painted under a name.
export function paintAll(name, passages) {
  painted.set(name, new Map(passages.map((passage, key) => [key, passage])));
  draw(name);
}

export const wipeAll = name => paintAll(name, []);

export function wipe(name, key) {
  if (painted.get(name)?.delete(key)) draw(name);
}

// Draw all again: a swapped block has other nodes.
export function repaint() {
  for (const name of painted.keys()) draw(name);
}

function draw(name) {
  if (!globalThis.CSS?.highlights) return;
  const ranges = [...painted.get(name).values()].flatMap(([start, end]) => rangesOf(start, end));
  if (ranges.length) CSS.highlights.set(name, new Highlight(...ranges));
  else CSS.highlights.delete(name);
}
