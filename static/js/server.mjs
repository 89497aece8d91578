// Talking to the server: fragments of HTML, and what went wrong in words.

const parser = new DOMParser();

export const parse = html => parser.parseFromString(html, 'text/html').body;

let token = document.body.dataset.csrf;

// Ask for a fragment: {status, body}; status 0 where the server could not be reached.
export async function get(address) {
  return ask(address, {});
}

// Send a form: {status, body}. A token that no longer fits is fetched anew, once.
export async function post(address, fields) {
  let answer = await send(address, fields);
  if (answer.status === 400 && (await renewToken())) answer = await send(address, fields);
  return answer;
}

export const messageOf = answer =>
  answer.body?.querySelector('.message, .refused, .problem')?.textContent.trim() ?? 'The server could not be reached.';

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

// Someone may have signed in again in another tab, and the token is another one since.
async function renewToken() {
  try {
    const response = await fetch('/account', {credentials: 'same-origin'});
    const fresh = parser.parseFromString(await response.text(), 'text/html').body.dataset.csrf;
    if (!response.ok || !fresh || fresh === token) return false;
    token = fresh;
    return true;
  } catch {
    return false;
  }
}
