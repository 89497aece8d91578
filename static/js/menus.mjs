// What opens over a page (the list of projects, who is here, a question) closes by Esc, or when one goes elsewhere.

const opened = () => document.querySelectorAll('details:is(.switcher, .here, .remove)[open]');

addEventListener('pointerdown', event => {
  for (const menu of opened()) menu.open = menu.contains(event.target);
});

addEventListener('focusin', event => {
  for (const menu of opened()) menu.open = menu.contains(event.target);
});

addEventListener('keydown', event => {
  if (event.key !== 'Escape') return;
  for (const menu of opened()) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});
