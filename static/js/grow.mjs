// Fields of a card that grow with what is typed, where style sheets cannot say so yet (Firefox).

const GROWING = '.card-full textarea, .early-note';
const isByStyle = CSS.supports('field-sizing', 'content');

function grow(area) {
  area.style.blockSize = 'auto';
  area.style.blockSize = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
}

export function growAll(full) {
  if (isByStyle) return;
  for (const area of full.querySelectorAll('textarea')) if (area.offsetHeight) grow(area);
}

if (!isByStyle) {
  document.addEventListener('input', event => event.target.matches(GROWING) && grow(event.target));
  document.addEventListener('focusin', event => event.target.matches(GROWING) && grow(event.target));
}
