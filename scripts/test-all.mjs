/** `npm run test:all`: the slow tests, `*.slow.test.ts`. Arguments go to vitest. */

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './pnpm.mjs'
import { build, install, vitest } from './steps.mjs'

install()
build()
const files = ['packages', 'apps', 'test'].flatMap((directory) => readdirSync(join(root, directory), { encoding: 'utf8', recursive: true }))
if (!files.some((file) => file.endsWith('.slow.test.ts'))) console.log('no slow tests')
process.exitCode = vitest(['--config', 'vitest.slow.config.ts', ...process.argv.slice(2)]) // With none, it still writes the report that .ci/run counts.
