/** `npm test`: the fast tests. Arguments go to vitest, so that `npm test -- session` runs the files so named. */

import { build, install, vitest } from './steps.mjs'

install()
build() // For the tests that start the built command; all others read sources.
process.exitCode = vitest(process.argv.slice(2))
