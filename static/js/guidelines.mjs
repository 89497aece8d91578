// The form of the guidelines.

import './app.mjs';
import './form-drafts.mjs';
