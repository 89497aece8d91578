// Printing: whole notes and threads stand under their paragraphs, which the page itself does not have.

import * as server from './server.mjs';
import {block, main} from './text.mjs';

const PRINTING = 'printing';

addEventListener('beforeprint', () => {
  // The browser takes its picture when this ends: what is fetched must be here by then.
  const request = new XMLHttpRequest();
  request.open('GET', `${main.dataset.address}/print${location.search}`, false);
  request.setRequestHeader('X-Fragment', '1');
  try {
    request.send();
  } catch {
    return; // the cards of the margin are printed
  }
  if (request.status !== 200) return;
  for (const list of server.parse(request.responseText).querySelectorAll('.printed')) block(list.dataset.number)?.append(document.importNode(list, true));
  document.documentElement.classList.add(PRINTING);
});

addEventListener('afterprint', () => {
  document.documentElement.classList.remove(PRINTING);
  for (const list of main.querySelectorAll('.printed')) list.remove();
});
