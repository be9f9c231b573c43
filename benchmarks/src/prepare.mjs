/** Builds the packages, and installs the other libraries. */

import { fileURLToPath } from 'node:url'
import { build, install } from '../../scripts/steps.mjs'
import { pnpm } from '../../scripts/pnpm.mjs'

const peers = fileURLToPath(new URL('../peers', import.meta.url))

export function prepare() {
  install()
  build()
  installPeers()
}

/** Installs the versions in the lockfile; fast if they are installed already. Throws an error with the output of pnpm. */
export function installPeers() {
  const { status, stdout, stderr } = pnpm(['install', '--frozen-lockfile'], { cwd: peers, stdio: ['ignore', 'pipe', 'pipe'] })
  if (status !== 0) throw new Error(`Installing benchmarks/peers failed\n${stdout}\n${stderr}`)
}
