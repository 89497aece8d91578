// Every page of someone signed in: what was not saved before is sent now, and others are seen.

import './presence.mjs';
import * as live from './live.mjs';
import './menus.mjs';
import * as outbox from './outbox.mjs';
import './skip.mjs';
import './unread.mjs';
import './times.mjs';

outbox.start();
live.start();
