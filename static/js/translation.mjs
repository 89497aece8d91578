// Says once that a page is translated by the browser: places in its words are none in the article.

import {main} from './text.mjs';
import * as toast from './toast.mjs';

const root = document.documentElement;
const language = root.lang;
let isTold = false;

// Browsers mark it: by a class, another language, or elements about the words that they put in.
const isTranslated = () => /\btranslated-(ltr|rtl)\b/.test(root.className) || root.lang !== language || main.querySelector('.text font') !== null;

function tell() {
  if (isTold || !isTranslated()) return;
  isTold = true;
  toast.show('This page is translated. To tag, show the original: words of a translation have no place in the article.', [{label: 'Close', act: () => {}}], {stays: true});
}

new MutationObserver(tell).observe(root, {attributeFilter: ['class', 'lang']});
new MutationObserver(changes => changes.some(({addedNodes}) => [...addedNodes].some(({nodeName}) => nodeName === 'FONT')) && tell()).observe(
  main.querySelector('.article'),
  {childList: true, subtree: true},
);
