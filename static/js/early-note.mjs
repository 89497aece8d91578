// A note that is begun before its field is there: what is typed meanwhile is the note, and no keys.

// Put an early field into a place, with the focus in it.
export function begin(place, text = '') {
  const area = document.createElement('textarea');
  area.className = 'early-note';
  area.rows = 2;
  area.dir = 'auto';
  area.setAttribute('aria-label', 'Note');
  area.value = text;
  place.append(area);
  focusAtEnd(area);
  return area;
}

export function focusAtEnd(area) {
  area.focus({preventScroll: true});
  area.setSelectionRange(area.value.length, area.value.length);
}

// Let the field itself have what was typed early; it goes on after what that holds.
export function handOver(early, area) {
  if (!early.value) return;
  area.value = early.value.startsWith(area.value) ? early.value : area.value + early.value;
  area.dispatchEvent(new InputEvent('input', {bubbles: true}));
}

// Hear of what is typed early, and when one has done with it: by Ctrl+Enter, Escape, or going elsewhere.
export function follow(area, {changed, finished}) {
  area.addEventListener('input', changed);
  area.addEventListener('focusout', () => setTimeout(() => document.activeElement !== area && finished()));
  area.addEventListener('keydown', event => {
    if (event.isComposing || (event.key !== 'Escape' && !(event.key === 'Enter' && (event.ctrlKey || event.metaKey)))) return;
    event.preventDefault();
    event.stopPropagation();
    finished();
  });
}
