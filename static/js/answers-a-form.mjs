// A page that answers a form has no address of its own: in the history the list that it came from
// takes its place, so that Back and a reload lead there, and never to the browser's question whether
// to send the form again.

import './app.mjs';

history.replaceState(null, '', document.getElementById('main').dataset.list);
