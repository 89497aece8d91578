// What opens over a page (the list of projects, who is here, a menu, saved searches, a question) closes by Esc, or when one goes elsewhere.

const opened = () => document.querySelectorAll('details:is(.switcher, .here, .remove, .menu, .drop)[open]');

addEventListener('pointerdown', event => {
  for (const menu of opened()) menu.open = menu.contains(event.target);
});

addEventListener('focusin', event => {
  for (const menu of opened()) menu.open = menu.contains(event.target);
});

// Before anything that lies below it: Escape closes the menu alone.
addEventListener(
  'keydown',
  event => {
    if (event.key !== 'Escape' || !opened().length) return;
    event.stopPropagation();
    for (const menu of opened()) {
      menu.open = false;
      menu.querySelector('summary').focus();
    }
  },
  true,
);
