/** The absolute paths with which a host starts this command: hosts with windows have another PATH than shells do. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { ownBin } from '../own-bin.ts'
import { version } from '../version.ts'
import { systemPath } from './host-environment.ts'
import { stableNodePath } from './node-path.ts'

export interface Launcher {
  readonly command: string
  /** `run` and what it is told come after them. */
  readonly args: readonly string[]
  /** What it needs beyond what hosts give. */
  readonly env: Readonly<Record<string, string>>
  /** Why it is not simply this command's own file. */
  readonly note?: string
}

/** npx, pnpm dlx and their like keep packages in folders that come and go. */
const PASSING = /[\\/](_npx|dlx|dlx-[\w-]+|bunx-[^\\/]+)[\\/]/

/** `file` is the server's: where this command may be gone tomorrow, the one that its project has installed is taken, or else npx. */
export function launcherFor(file: string, { bin = ownBin(), node = stableNodePath(process.execPath) }: { bin?: string; node?: string } = {}): Launcher {
  if (!PASSING.test(bin)) return { command: node, args: [bin], env: {} }
  const installed = installedFor(file)
  if (installed !== undefined) return { command: node, args: [installed], env: {}, note: `It starts ${installed}, for this gangway runs from a cache that may be emptied` }
  return {
    command: node,
    args: [npxNear(node), '-y', `@gangway/cli@${version}`],
    env: { PATH: [dirname(node), systemPath(process)].join(delimiter) }, // npx looks for Node there.
    note: 'It starts gangway through npx, for this gangway runs from a cache that may be emptied: npm install @gangway/cli beside the server, and install again, for a quicker start',
  }
}

function installedFor(file: string): string | undefined {
  try {
    const manifest = createRequire(file).resolve('@gangway/cli/package.json')
    return PASSING.test(manifest) ? undefined : join(dirname(manifest), 'dist', 'bin.js')
  } catch {
    return undefined
  }
}

/** The script itself: what is called npx is a shell script on Windows, and finds Node by PATH elsewhere. */
function npxNear(node: string): string {
  const modules = [join(dirname(node), 'node_modules'), join(dirname(node), '..', 'lib', 'node_modules'), join(dirname(node), '..', 'share', 'nodejs')]
  const npx = modules.map((folder) => join(folder, 'npm', 'bin', 'npx-cli.js')).find((path) => existsSync(path))
  if (npx === undefined) throw new GangwayError('GANGWAY_E_USAGE', `This gangway runs from a cache that may be emptied, and ${node} has no npx beside it: npm install @gangway/cli, and install with that`)
  return npx
}
