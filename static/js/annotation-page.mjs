// The page of one annotation.

import './app.mjs';
import './mentions.mjs';
import './mark-read.mjs';
import './form-drafts.mjs';
