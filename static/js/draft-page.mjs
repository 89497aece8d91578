// A draft: what is typed is kept at once, so that leaving and coming back loses nothing.

import './app.mjs';
import * as server from './server.mjs';

const form = document.querySelector('.draft-form');
const said = document.getElementById('kept');

form.addEventListener('change', async () => {
  const fields = Object.fromEntries(new FormData(form));
  delete fields.csrf_token;
  const answer = await server.post(form.action, fields);
  said.textContent = answer.status === 204 ? 'Kept.' : `Not kept yet: ${server.messageOf(answer)} Press “Keep the draft”.`;
});
