// The reading page: joins the behaviours. Without it the page works by its forms and links.

import * as cards from './cards.mjs';
import './card-acts.mjs';
import './presence.mjs';
import './keys.mjs';
import * as live from './live.mjs';
import * as margin from './margin.mjs';
import './skip.mjs';
import './updates.mjs';
import * as outbox from './outbox.mjs';
import {repaint} from './passage-paint.mjs';
import * as sentences from './sentences.mjs';
import * as swap from './swap.mjs';
import './counting.mjs';
import './filter.mjs';
import './guide.mjs';
import './card-list.mjs';
import './strip.mjs';
import './progress.mjs';
import './links.mjs';
import './menus.mjs';
import './mentions.mjs';
import './lighting.mjs';
import './printing.mjs';
import './tagbar.mjs';
import './times.mjs';
import './discussion.mjs';
import './mark-read.mjs';
import {restoreDraft} from './card-drafts.mjs';
import './names.mjs';
import './themes.mjs';
import './undo.mjs';
import './double-click.mjs';
import './translation.mjs';

document.documentElement.classList.add('scripted');
for (const form of document.querySelectorAll('.without-script')) form.remove();
sentences.setUp();
margin.setUp();
swap.listen(section => {
  const passage = section.querySelector('.passage');
  sentences.reach(passage, passage.tabIndex === 0);
  repaint();
});
outbox.start();
live.start();

document.addEventListener('click', event => {
  if (event.target.closest('[data-act="help"]')) {
    event.preventDefault();
    document.getElementById('help').showModal();
  }
});

// A permalink opens its card.
const opened = cards.openCard() ?? (/^#a\d+$/.test(location.hash) ? document.querySelector(location.hash) : null);
if (opened?.matches('.card')) {
  const full = cards.fullOf(opened);
  if (full) restoreDraft(full);
  cards.open(opened);
  if (full) cards.unfoldThread(full);
  cards.pointAt(opened);
  // The browser itself goes to the block of the address, and takes the focus with it.
  addEventListener('load', () => {
    cards.showPassage(opened);
    opened.querySelector('summary').focus({preventScroll: true});
  });
}
