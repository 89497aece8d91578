// The inbox: who opens an item has read it, and what else was said there.

import './app.mjs';
import {markRead} from './unread.mjs';

document.getElementById('main').addEventListener('click', event => {
  const link = event.target.closest('[data-item]');
  if (!link?.closest('.unread')) return;
  const {newest} = link.closest('.inbox').dataset;
  markRead({event: link.dataset.item, up_to: newest});
});
