// Every page of someone signed in: what was not saved before is sent now.

import './menus.mjs';
import * as outbox from './outbox.mjs';

outbox.start();
