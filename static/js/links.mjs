// The words of a hyperlink are selected like any others, and a drag over them does not follow it.
//
// Chromium begins no selection in the first half of a link's first letter, so a drag that begins on
// a link is followed here.

import {caretAt, main} from './text.mjs';

let from = null; // where the button went down on a link: [node, unit]

main.addEventListener('mousedown', event => {
  const begins = event.button === 0 && !event.shiftKey && event.target.closest('.text a');
  from = begins ? caretAt(event.clientX, event.clientY) : null;
  if (from) event.preventDefault(); // else the browser drags away what is selected here
});

document.addEventListener('mousemove', event => {
  if (!from || !(event.buttons & 1)) return;
  const to = caretAt(event.clientX, event.clientY);
  if (to) getSelection().setBaseAndExtent(...from, ...to);
});

main.addEventListener('click', event => {
  const hasDragged = event.detail > 0 && !getSelection().isCollapsed;
  if (hasDragged && event.target.closest('.text a')) event.preventDefault();
});
