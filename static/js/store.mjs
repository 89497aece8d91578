// What is not saved yet, kept in this browser for each account until the server has it.

const account = document.body.dataset.account;
const name = (kind, key) => `gloss.${account}.${kind}.${key}`;

export function keep(kind, key, value) {
  try {
    localStorage.setItem(name(kind, key), JSON.stringify(value));
    return true;
  } catch {
    return false; // full, or switched off: it lives as long as the page
  }
}

export function read(kind, key) {
  try {
    return JSON.parse(localStorage.getItem(name(kind, key)));
  } catch {
    return null;
  }
}

export function forget(kind, key) {
  try {
    localStorage.removeItem(name(kind, key));
  } catch {
    // nothing was kept
  }
}

export function all(kind) {
  const start = name(kind, '');
  try {
    return Object.keys(localStorage)
      .filter(key => key.startsWith(start))
      .map(key => read(kind, key.slice(start.length)))
      .filter(Boolean);
  } catch {
    return [];
  }
}
