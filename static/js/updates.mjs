// What others do in this article: their blocks are swapped in, and a quiet line says what it was.

import {tellOfCorrection} from './corrected.mjs';
import {gather} from './gather.mjs';
import {drawAvatar} from './presence.mjs';
import * as live from './live.mjs';
import * as reload from './reload.mjs';
import * as server from './server.mjs';
import {isOfAnotherText, listen as listenToSwaps, swapAll} from './swap.mjs';
import {block, main} from './text.mjs';

const SHOWN = 10_000; // ms that a line and an avatar stay
const SEEN = 1_500; // ms in which acts are told of in one line
const SPOKEN = 10_000; // ms, the same for a screen reader: who listens to it hears little else meanwhile
const PATIENCE = 6_000; // ms without a stream before one is told so
const PAUSES = [2, 5, 10, 30, 60]; // seconds before what could not be fetched is asked for again
const TRIES = 3; // of them, before one is told so
const WAITING = 'Live updates wait for the server. Reload to see changes.';
const SIGNED_OUT = 'You are signed out here. Reload to sign in.';
const OUTSIDE = 'You may not see this any more. Reload to see what you may.';
const UNFETCHED = 'Some changes could not be fetched. Reload to see changes.';
const isFiltered = () => main.dataset.query !== '';

const line = document.getElementById('update');
const spoken = document.getElementById('spoken');
const avatars = new Map(); // number of a block → avatar of who has just acted there
let drawn = Number(main.dataset.drawn); // the last event that the page shows
let isFetching = false;
let isDue = false; // something has changed that was not fetched yet
let isStale = false; // nothing but a reload helps
let failures = 0;
let retrying = null;
let fading = null;
let waiting = null;

live.listen('change', (change, id) => {
  const seesOtherwise = change.is_about_sight && change.sees !== main.dataset.sees;
  // The page may have been drawn since: its last event is the article's, and not the project's.
  if (change.is_of_project && !seesOtherwise) return;
  if (change.by && String(change.by.id) !== document.body.dataset.account) tell(change);
  if (change.revision !== Number(main.dataset.revision)) {
    tellOfCorrection();
    return;
  }
  if (seesOtherwise) reload.offer('What you see here has changed. Reload to see it.');
  if (change.drawing && !isFiltered()) {
    swapAll(server.parse(change.drawing), {isLive: true});
    if (isDue) refresh();
    else if (!isFetching && !isStale) drawn = id;
  } else if (change.blocks.length && !change.is_about_sight && (isFiltered() || !change.drawn_in)) {
    refresh();
  }
});

live.listen('behind', refresh);

// Fetch all that has changed since what the page shows; one request at a time.
async function refresh() {
  isDue = true;
  if (isFetching || retrying !== null) return;
  isFetching = true;
  while (isDue && !isStale) {
    isDue = false;
    const {search} = location;
    const {status, body} = await server.get(`${main.dataset.address}/since/${drawn}${search}`);
    if (search !== location.search) { // another filter shows other marks
      isDue = true;
      continue;
    }
    const answer = status === 200 ? body.querySelector('.answer') : null;
    if (!answer) {
      isDue = true;
      fail(status);
      break;
    }
    failures = 0;
    reload.withdraw(UNFETCHED);
    take(answer, body);
  }
  isFetching = false;
}

function take({dataset: {drawn: until, tooMuch}}, body) {
  const isEarlier = Number(until) < drawn; // a backup was put back
  if (isEarlier || tooMuch === 'true') {
    isStale = true;
    reload.offer(`${isEarlier ? 'An earlier state was put back.' : 'Much has changed here.'} Reload to see it.`);
    return;
  }
  if (isOfAnotherText(body)) tellOfCorrection();
  else swapAll(body, {isLive: true});
  drawn = Number(until);
}

// What was refused is not asked for again by itself; what failed is, ever less often.
function fail(status) {
  const isRefused = status >= 400 && status < 500 && ![408, 429].includes(status);
  const pause = PAUSES[Math.min(failures, PAUSES.length - 1)];
  failures += 1;
  if (isRefused || failures > TRIES) reload.offer(UNFETCHED);
  if (!isRefused) retrying = setTimeout(refreshNow, 1000 * pause * (0.75 + Math.random() / 2));
}

function refreshNow() {
  clearTimeout(retrying);
  retrying = null;
  if (isDue) refresh();
}

function tell(change) {
  show(change);
  speak(change);
  for (const number of change.blocks.slice(0, 1)) mark(number, change.by);
}

// Who did what, in one line for all that came at once.
function wordsOf(changes) {
  const names = [...new Set(changes.map(change => change.by.name))];
  const who = names.length > 1 ? `${names[0]} and ${names.length - 1} more` : names[0];
  return changes.length > 1 ? `${who} made ${changes.length} changes` : `${who} ${changes[0].said}`;
}

const show = gather(SEEN, changes => {
  line.replaceChildren(drawAvatar(changes.at(-1).by, false), ` ${wordsOf(changes)}`);
  line.classList.remove('gone');
  clearTimeout(fading);
  fading = setTimeout(() => line.classList.add('gone'), SHOWN);
});

const speak = gather(SPOKEN, changes => {
  spoken.textContent = wordsOf(changes);
});

function mark(number, person) {
  avatars.get(number)?.remove();
  const avatar = drawAvatar(person, false);
  avatar.classList.add('just-now');
  avatars.set(number, avatar);
  block(number)?.append(avatar);
  setTimeout(() => {
    avatar.remove();
    if (avatars.get(number) === avatar) avatars.delete(number);
  }, SHOWN);
}

listenToSwaps(section => {
  const avatar = avatars.get(Number(section.dataset.number));
  if (avatar) section.append(avatar);
});

live.listen('refused', ({status}) => {
  clearTimeout(waiting);
  reload.withdraw(WAITING);
  reload.offer(status === 401 ? SIGNED_OUT : OUTSIDE);
});

live.listen('state', state => {
  if (state === live.CLOSED) {
    waiting ??= setTimeout(() => reload.offer(WAITING), PATIENCE);
    return;
  }
  clearTimeout(waiting);
  waiting = null;
  for (const words of [WAITING, SIGNED_OUT, OUTSIDE]) reload.withdraw(words);
  refreshNow();
});
