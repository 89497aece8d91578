// Talking to the server: fragments of HTML, and what went wrong in words.

const parser = new DOMParser();

export const parse = html => parser.parseFromString(html, 'text/html').body;

let token = document.body.dataset.csrf;

// Ask for a fragment: {status, body}; status 0 where the server could not be reached.
export async function get(address) {
  return ask(address, {});
}

// Send a form: {status, body}. A CSRF token that no longer fits is fetched again, once.
export async function post(address, fields) {
  const answer = await send(address, fields);
  if (!answer.body?.querySelector('.refused[data-csrf-failed]')) return answer;
  const fresh = await readPage('/account');
  if (fresh && fresh.dataset.account !== document.body.dataset.account) return {status: 401, body: parse(SOMEONE_ELSE)};
  if (!fresh?.dataset.csrf) return answer;
  token = fresh.dataset.csrf; // they have signed in again in another tab
  return send(address, fields);
}

const SOMEONE_ELSE = '<p class="refused">Someone else is signed in in this browser now.</p>';
const WORDS = {0: 'The server could not be reached.', 408: 'The network is too slow just now.', 413: 'That is larger than the server takes.'};

export const messageOf = answer =>
  answer.body?.querySelector('.message, .refused, .problem')?.textContent.trim() ?? WORDS[answer.status] ?? 'The server could not answer.';

function send(address, fields) {
  const body = new URLSearchParams({...fields, csrf_token: token});
  return ask(address, {method: 'POST', body});
}

async function ask(address, options) {
  try {
    const response = await fetch(address, {...options, headers: {'X-Fragment': '1'}, credentials: 'same-origin'});
    return {status: response.status, body: parse(await response.text())};
  } catch {
    return {status: 0, body: null};
  }
}

async function readPage(address) {
  try {
    const response = await fetch(address, {credentials: 'same-origin'});
    return response.ok ? parse(await response.text()) : null;
  } catch {
    return null;
  }
}
