/** `npm start`: from a fresh clone to a running demo. */

import { build, install } from './steps.mjs'

install()
build()
// The demo of apps/notes starts here.
