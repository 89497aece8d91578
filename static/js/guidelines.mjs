// The form of the guidelines.

import './app.mjs';
import './sent.mjs';
