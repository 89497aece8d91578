// One stream for all pages of this browser: keeps it open, and tells each page what concerns it.
//
// It runs in a shared worker where the browser has such, else in the page itself. A page says
// {hello: {account, place, article, position}} when it comes or is shown, the same as {alive: …}
// now and then, and {goodbye: true}; with `isOnline` the network has come back. It is told
// {state: OPEN | CLOSED}, {kind, id, data} of what the server says, {kind: 'elsewhere', id} of what
// concerns another page, {kind: 'refused', data: {status}} where no stream is to be had any more,
// and {alive: true} to each sign of life.
//
// `position` is the last event that a page knows of; what is told at other places says nothing of
// it. Whenever the stream is opened, it begins at the lowest of those whose places it has.

export const OPEN = 'open';
export const CLOSED = 'closed';

const WAITS = [0.5, 1, 2, 4, 8, 15, 30]; // seconds
const SETTLES = 150; // ms: a page that loads the next one says goodbye and hello
const STEADY = 2_000; // ms after which a stream counts as open, where the one before it failed
const LASTING = 20_000; // ms after which it does not count how often one has failed
const SILENCE = 40_000; // ms: the server gives a sign of life every 15 seconds
const FROZEN = 150_000; // ms after which a page that says nothing counts as gone
const TICK = FROZEN / 5; // ms between two looks at that
const MOST_PLACES = 20; // that the server takes
const FINAL = [401, 404]; // asking again changes nothing, unless a page says hello again

const pages = new Map(); // port → {account, place, article, position, at}
const here = new Map(); // room → what was said last of who is there
let stream = null; // {abort, places, held, heard, state, watchdog}: `held` are those of the places that the server gave
let tries = 0;
let timer = null;

export function connect(port) {
  port.onmessage = ({data: {hello, alive, goodbye}}) => {
    if (goodbye) leave(port);
    else if (hello) enter(port, hello);
    else if (pages.has(port)) pages.get(port).at = Date.now();
    else enter(port, alive); // it counted as gone, and was only frozen
    if (alive) port.postMessage({alive: true});
  };
}

let ticked = Date.now();

setInterval(() => {
  const now = Date.now();
  const hasSlept = now - ticked > 3 * TICK;
  ticked = now;
  if (hasSlept) wake(now);
  for (const [port, page] of pages) if (now - page.at > FROZEN) leave(port);
}, TICK);

// The machine slept, and its pages with it: nobody is gone, but the stream may be dead without a word.
function wake(now) {
  for (const page of pages.values()) page.at = now;
  giveUp();
  reopenIn(SETTLES);
}

function enter(port, hello) {
  const page = {...hello, at: Date.now()};
  pages.delete(port); // the latest come last
  pages.set(port, page);
  // It may look open, over a network that is gone. And who was refused may be let in now.
  if (hello.isOnline || isRefused(page)) giveUp();
  if (!stream?.places.includes(page.place) || isBehind(page)) {
    reopenIn(SETTLES);
    return;
  }
  port.postMessage({state: stateFor(page)});
  for (const said of here.values()) port.postMessage(said);
}

function leave(port) {
  if (pages.delete(port)) reopenIn(2 * SETTLES);
}

function reopenIn(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(reopen, milliseconds);
}

// Whether a page has yet to hear what its stream has told already, or may have.
const isBehind = page => isInside(page) && page.position !== null && (stream.heard === null || page.position < stream.heard);

const isInside = page => (stream.held ?? stream.places).includes(page.place);

const isRefused = page => stream !== null && stream.places.includes(page.place) && !isInside(page);

const stateFor = page => (stream.held?.includes(page.place) ? stream.state : CLOSED);

// The places of the pages that came last, each once.
const placesWanted = () => [...new Set([...pages.values()].reverse().map(page => page.place))].slice(0, MOST_PLACES).sort();

function reopen() {
  const places = placesWanted();
  if (stream && stream.places.join() === places.join() && ![...pages.values()].some(isBehind)) return;
  giveUp();
  if (places.length) open(places);
}

function giveUp() {
  stream?.abort.abort();
  stream = null;
}

async function open(places) {
  const {account} = [...pages.values()].at(-1);
  const inside = [...pages.values()].filter(page => places.includes(page.place));
  const positions = inside.map(page => page.position).filter(position => position !== null);
  const heard = positions.length ? Math.min(...positions) : null;
  const mine = {abort: new AbortController(), places, held: null, heard, state: CLOSED};
  stream = mine;
  here.clear();
  const query = new URLSearchParams([['account', account], ...places.map(place => ['place', place])]);
  const headers = {'X-Fragment': '1', ...(mine.heard === null ? {} : {'Last-Event-ID': mine.heard})};
  let status = 0;
  isAlive(mine);
  try {
    const response = await fetch(`/live?${query}`, {headers, signal: mine.abort.signal, credentials: 'same-origin', cache: 'no-store'});
    status = response.status;
    // A page of something between us and the server is no stream.
    if (status === 200 && response.headers.get('Content-Type')?.startsWith('text/event-stream')) await read(response.body, mine);
  } catch {
    // the network, or this stream was given up
  }
  clearTimeout(mine.watchdog);
  mine.abort.abort(); // what was not read to its end would hold the connection
  if (stream !== mine) return;
  tell(mine, CLOSED);
  stream = null;
  if (FINAL.includes(status)) {
    for (const port of pages.keys()) port.postMessage({kind: 'refused', data: {status}});
    return;
  }
  reopenIn(1000 * WAITS[Math.min(tries, WAITS.length - 1)] * (0.75 + Math.random() / 2));
  tries += 1;
}

async function read(body, mine) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const {value, done} = await reader.read();
    if (done || stream !== mine) return;
    isAlive(mine);
    const messages = (text + value).split('\n\n');
    text = messages.pop();
    for (const message of messages) hear(message, mine);
  }
}

// A stream that opens and soon ends, again and again, is none: the pauses grow, and pages are not told that it is open.
function begin(mine, held) {
  mine.held = held;
  if (tries === 0) tell(mine, OPEN);
  else setTimeout(() => stream === mine && tell(mine, OPEN), STEADY);
  setTimeout(() => {
    if (stream === mine) tries = 0;
  }, LASTING);
}

function isAlive(mine) {
  clearTimeout(mine.watchdog);
  mine.watchdog = setTimeout(() => mine.abort.abort(), SILENCE);
}

function tell(mine, state) {
  mine.state = state;
  for (const [port, page] of pages) port.postMessage({state: stateFor(page)});
}

function hear(message, mine) {
  const fields = Object.fromEntries(message.split('\n').map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
  if (!fields.event) return; // a sign of life
  const id = fields.id ? Number(fields.id) : null;
  const said = {kind: fields.event, id, data: JSON.parse(fields.data)};
  if (said.kind === 'held') {
    begin(mine, said.data.places);
    return;
  }
  if (id !== null) mine.heard = id;
  if (said.kind === 'here') here.set(`${said.data.kind} ${said.data.id}`, said);
  for (const [port, page] of pages) {
    if (id !== null && !mine.held.includes(page.place)) continue;
    if (id !== null && page.position !== null) {
      // Who is behind may have heard of events that the server has lost: a backup was put back.
      if (page.position >= id && said.kind !== 'behind') continue;
      page.position = id;
    }
    if (!said.data.article || said.data.article === page.article) port.postMessage(said);
    else if (id !== null && page.position !== null) port.postMessage({kind: 'elsewhere', id}); // so that it says its position right
  }
}
