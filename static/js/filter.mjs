// The filter's counts follow what is tagged; what someone has ticked and not yet sent stays.

import * as swap from './swap.mjs';
import {main} from './text.mjs';

swap.listenToAnswers(answer => {
  const fresh = answer.querySelector('.filter');
  const form = main.querySelector('.filter');
  if (!fresh || !form) return;
  const ticked = new Map([...form.querySelectorAll('input[type=checkbox]')].map(box => [`${box.name}=${box.value}`, box.checked]));
  const focus = document.activeElement;
  const isFocused = form.contains(focus);
  form.replaceChildren(...document.importNode(fresh, true).childNodes);
  for (const box of form.querySelectorAll('input[type=checkbox]')) {
    box.checked = ticked.get(`${box.name}=${box.value}`) ?? box.checked;
    if (isFocused && box.name === focus.name && box.value === focus.value) box.focus();
  }
  main.querySelector('.byline .total').textContent = fresh.dataset.total;
});
