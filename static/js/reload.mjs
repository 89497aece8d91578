// What only a reload shows: a line that stays, with a button. It displaces no toast: that may be the way back.

const place = document.getElementById('reload');
const causes = new Set();

// Say why a reload is wanted; the same cause is told once.
export function offer(words) {
  if (causes.has(words)) return;
  causes.add(words);
  show();
}

// A cause that is gone.
export function withdraw(words) {
  if (causes.delete(words)) show();
}

function show() {
  // Whoever was at the button goes on in the text.
  if (place.contains(document.activeElement)) document.querySelector('.passage[tabindex="0"]')?.focus({preventScroll: true});
  place.replaceChildren();
  if (causes.size === 0) return;
  const line = document.createElement('p');
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Reload';
  button.addEventListener('click', () => location.reload());
  line.append(`${[...causes].at(-1)} `, button);
  place.append(line);
}
