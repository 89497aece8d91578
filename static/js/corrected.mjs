// That the text of this page is no longer the current one.

import * as reload from './reload.mjs';
import * as toast from './toast.mjs';

// `message` is of what one has done oneself, perhaps in the new text.
export function tellOfCorrection(message = '') {
  reload.offer('The article was corrected meanwhile: reload to read the new text.');
  if (message) toast.show(message);
}
