// The words of a hyperlink are selected like any others, and a drag over them does not follow it.
//
// Chromium begins no selection in the first half of a link's first letter, so a drag that begins on
// a link is followed here.

import {caretAt, main} from './text.mjs';

const JITTER = 4; // px that a click may move

let from = null; // where the button went down on a link: {point: [node, unit], x, y}

main.addEventListener('mousedown', event => {
  const begins = event.button === 0 && !event.shiftKey && event.target.closest('.text a');
  const point = begins ? caretAt(event.clientX, event.clientY) : null;
  from = point && {point, x: event.clientX, y: event.clientY};
  if (from) event.preventDefault(); // else the browser drags away what is selected here
});

document.addEventListener('mousemove', event => {
  if (!from || Math.hypot(event.clientX - from.x, event.clientY - from.y) < JITTER) return;
  const to = caretAt(event.clientX, event.clientY);
  if (to) getSelection().setBaseAndExtent(...from.point, ...to);
});

document.addEventListener('mouseup', () => {
  from = null;
});

main.addEventListener('click', event => {
  const hasDragged = event.detail > 0 && !getSelection().isCollapsed;
  if (hasDragged && event.target.closest('.text a')) event.preventDefault();
});
