/** `npm test`: runs the fast tests. Arguments go to vitest, so `npm test -- session` runs the files with `session` in their name. */

import { build, install, vitest } from './steps.mjs'

install()
build() // Some tests start the built command. All others read the sources.
process.exitCode = vitest(process.argv.slice(2))
