// One's own part in the article follows what is tagged: the first tag begins it.

import * as swap from './swap.mjs';
import {main} from './text.mjs';

swap.listenToAnswers(answer => {
  const fresh = answer.querySelector('.part');
  const part = main.querySelector('.part');
  if (fresh && part && !part.contains(document.activeElement)) part.replaceWith(document.importNode(fresh, true));
});
