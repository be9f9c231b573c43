/** `npm run test:all`: runs the slow tests, `*.slow.test.ts`, and the protocol tests on every transport in every revision. Arguments go to vitest. */

import { build, install, vitest } from './steps.mjs'

install()
build()
process.exitCode = vitest(['--config', 'vitest.slow.config.ts', ...process.argv.slice(2)]) // Vitest writes the report that .ci/run reads even if no file matches.
