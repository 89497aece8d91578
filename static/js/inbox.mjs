// The inbox: who opens an item has read it, and what else was said there.

import './app.mjs';

document.getElementById('main').addEventListener('click', event => {
  const link = event.target.closest('[data-item]');
  if (!link?.closest('.unread')) return;
  const {newest} = link.closest('.inbox').dataset;
  const body = new URLSearchParams({event: link.dataset.item, up_to: newest, csrf_token: document.body.dataset.csrf});
  // The page may be gone before the answer is here.
  fetch('/inbox/read', {method: 'POST', body, headers: {'X-Fragment': '1'}, credentials: 'same-origin', keepalive: true});
});
