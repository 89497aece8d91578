// Who is here: avatars in the masthead, those who read this article first.

import * as live from './live.mjs';

const SHOWN = 5; // avatars; the list that opens has everyone

const box = document.getElementById('here');
const rooms = {article: null, project: null};

live.listen('here', ({kind, id, people, count}) => {
  if (kind === 'article' && id !== Number(document.getElementById('main').dataset.article)) return;
  if (kind === 'project' && id !== Number(box?.dataset.project)) return;
  rooms[kind] = {people, count};
  show();
});

live.listen('state', state => {
  if (state !== live.CLOSED) return;
  rooms.article = rooms.project = null;
  show();
});

const withoutMe = room => (room?.people ?? []).filter(person => String(person.id) !== document.body.dataset.account);

const countWithoutMe = room => Math.max(0, (room?.count ?? 1) - 1);

// At most so many of a room are named as the server names, and of the others it is not known whether they read this.
function show() {
  if (!box) return;
  const readers = withoutMe(rooms.article);
  const others = withoutMe(rooms.project).filter(person => !readers.some(reader => reader.id === person.id));
  const all = [...readers, ...others];
  box.hidden = all.length === 0;
  if (box.hidden) return;
  const reading = countWithoutMe(rooms.article);
  const elsewhere = Math.max(0, countWithoutMe(rooms.project) - reading);
  const isSplit = readers.length === reading;
  const more = reading + elsewhere - Math.min(all.length, SHOWN);
  const avatars = all.slice(0, SHOWN).map(person => drawAvatar(person, readers.includes(person)));
  const words = [reading ? `${people(reading)} reading this` : '', elsewhere ? `${people(elsewhere)} elsewhere in the project` : ''];
  box.querySelector('.avatars').replaceChildren(...avatars, ...(more > 0 ? [element('span', 'more-avatars', `+${more}`)] : []));
  box.querySelector('.visually-hidden').textContent = `Here now: ${words.filter(Boolean).join(', ')}`;
  const named = isSplit ? [...list('Reading this article', readers), ...list('Elsewhere in the project', others)] : list('Here now', all);
  const unnamed = reading + elsewhere - all.length;
  box.querySelector('.list').replaceChildren(...named, ...(unnamed > 0 ? [element('p', 'unnamed', `and ${unnamed} more`)] : []));
}

const people = number => (number === 1 ? 'one person' : `${number} people`);

function list(title, persons) {
  if (!persons.length) return [];
  const lines = element('ul');
  lines.append(
    ...persons.map(person => {
      const line = element('li');
      line.append(drawAvatar(person, false), ` ${person.name}`);
      return line;
    }),
  );
  return [element('h2', '', title), lines];
}

export function drawAvatar({initials, colour}, isReading) {
  const avatar = element('span', `avatar ${colour}${isReading ? ' reading-this' : ''}`, initials);
  avatar.setAttribute('aria-hidden', 'true'); // the name stands beside it, or is said
  return avatar;
}

function element(name, css = '', text = '') {
  const made = document.createElement(name);
  if (css) made.className = css;
  if (text) made.textContent = text;
  return made;
}
