/** Before anything is measured: our packages built, the peers installed. */

import { fileURLToPath } from 'node:url'
import { build, install } from '../../scripts/steps.mjs'
import { pnpm } from '../../scripts/pnpm.mjs'

const peers = fileURLToPath(new URL('../peers', import.meta.url))

export function prepare() {
  install()
  build()
  installPeers()
}

/** At the versions of their lockfile; does nothing if they are there. Throws what pnpm said. */
export function installPeers() {
  const { status, stdout, stderr } = pnpm(['install', '--frozen-lockfile'], { cwd: peers, stdio: ['ignore', 'pipe', 'pipe'] })
  if (status !== 0) throw new Error(`The peers could not be installed\n${stdout}\n${stderr}`)
}
