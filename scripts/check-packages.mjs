/** `npm run check:packages`: runs publint on the tarball of each package. */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pack } from './packed.mjs'
import { root } from './pnpm.mjs'
import { build, install } from './steps.mjs'

install()
build()
const directory = mkdtempSync(join(tmpdir(), 'gangway-pack-'))
try {
  for (const { name, tarball, files } of pack(directory)) {
    console.log(`\n${name}: ${files.length} files`)
    const { status } = spawnSync(process.execPath, ['node_modules/publint/src/cli.js', 'run', tarball, '--strict'], { cwd: root, stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
  }
} finally {
  rmSync(directory, { recursive: true })
}
