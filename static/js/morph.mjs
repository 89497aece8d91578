// Making a part of the page like one that is newly drawn, under the hands of who uses it.
//
// What is alike stays the same element: it keeps the focus, what is typed in it, and whether it is unfolded.

const ITS_OWN = ['open', 'style', 'autofocus']; // attributes that are the page's own affair

export function morph(old, fresh) {
  if (old.localName === 'input') {
    renewInput(old, fresh);
    return;
  }
  copyAttributes(old, fresh);
  if (old.localName === 'textarea') {
    renewField(old, fresh.defaultValue);
    return;
  }
  let place = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    let kept = place;
    while (kept && !isAlike(kept, next)) kept = kept.nextSibling;
    if (!kept) {
      old.insertBefore(document.importNode(next, true), place);
      continue;
    }
    while (place !== kept) place = removeAndStep(place);
    if (kept.nodeType === Node.ELEMENT_NODE) morph(kept, next);
    else if (kept.data !== next.data) kept.data = next.data;
    place = kept.nextSibling;
  }
  while (place) place = removeAndStep(place);
}

// What is typed and not saved stays; what was saved gives way to what is there now.
function renewField(area, text) {
  const isTyped = area.value.trim() !== area.defaultValue.trim();
  area.defaultValue = text;
  if (!isTyped && area.value.trim() !== text.trim()) area.value = text;
}

function renewInput(input, fresh) {
  const isTyped = input.value.trim() !== input.defaultValue.trim();
  const isChosen = input.defaultChecked !== fresh.defaultChecked;
  copyAttributes(input, fresh);
  if (!isTyped && input.type !== 'radio' && input.value !== fresh.value) input.value = fresh.value;
  if (isChosen) input.checked = fresh.checked;
}

function removeAndStep(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

const kindOf = element => `${element.localName} ${element.id} ${element.classList[0] ?? ''} ${element.getAttribute('value') ?? ''}`;

function isAlike(one, other) {
  if (one.nodeType !== other.nodeType) return false;
  if (one.nodeType !== Node.ELEMENT_NODE) return true;
  return one.localName === 'input' ? one.name === other.name : kindOf(one) === kindOf(other);
}

function copyAttributes(old, fresh) {
  for (const {name} of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !ITS_OWN.includes(name)) old.removeAttribute(name);
  }
  for (const {name, value} of fresh.attributes) {
    if (old.getAttribute(name) !== value && !ITS_OWN.includes(name)) old.setAttribute(name, value);
  }
}
