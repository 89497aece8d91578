// The page of one annotation.

import './app.mjs';
import './names.mjs';
import './read.mjs';
import './sent.mjs';
