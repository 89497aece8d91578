// The people of a project: the link of a new invitation is copied by a press.

import './app.mjs';

for (const button of document.querySelectorAll('[data-copies]')) {
  const field = document.getElementById(button.dataset.copies);
  field.select();
  button.hidden = !navigator.clipboard; // only a secure page may write to it
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = 'Copied';
    } catch {
      field.select(); // not allowed: it is selected, to be copied by hand
    }
  });
}
