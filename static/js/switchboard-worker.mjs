// The switchboard as a shared worker: one for all pages of this browser.

import {connect} from './switchboard.mjs';

self.onconnect = event => connect(event.ports[0]);
