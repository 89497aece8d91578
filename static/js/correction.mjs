// That the text of this page is no longer the current one.

import * as toast from './toast.mjs';

export function tellOfCorrection(message) {
  const reload = {label: 'Reload', act: () => location.reload()};
  toast.show(`${message} The article was corrected meanwhile: reload to read the new text.`.trim(), [reload], {stays: true});
}
