/** The command with which a host starts gangway. Uses absolute paths, because the PATH of desktop hosts differs from that of a shell. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { ownBin } from '../own-bin.ts'
import { version } from '../own-version.ts'
import { systemPath } from './host-environment.ts'
import { stableNodePath } from './node-path.ts'

export interface Launcher {
  readonly command: string
  /** Arguments before `run`. */
  readonly args: readonly string[]
  /** Additional variables. */
  readonly env: Readonly<Record<string, string>>
  /** A message for the user, if it does not start this copy of gangway. */
  readonly note?: string
}

/** Temporary folders of npx, pnpm dlx and bunx. */
const TEMPORARY = /[\\/](_npx|dlx|dlx-[\w-]+|bunx-[^\\/]+)[\\/]/

/** `file` is the server's file. If this gangway runs from a temporary folder, uses the one installed in the server's project, or else npx. */
export function launcherFor(file: string, { bin = ownBin(), node = stableNodePath(process.execPath) }: { bin?: string; node?: string } = {}): Launcher {
  if (!TEMPORARY.test(bin)) return { command: node, args: [bin], env: {} }
  const installed = installedFor(file)
  if (installed !== undefined) return { command: node, args: [installed], env: {}, note: `The entry starts ${installed}, because this gangway runs from a temporary cache` }
  return {
    command: node,
    args: [npxNear(node), '-y', `@gangway/cli@${version}`],
    env: { PATH: [dirname(node), systemPath(process)].join(delimiter) }, // npx finds Node.js on the PATH.
    note: "The entry starts gangway through npx, because this gangway runs from a temporary cache. For a faster start, run npm install @gangway/cli in the server's project, and install again",
  }
}

function installedFor(file: string): string | undefined {
  try {
    const manifest = createRequire(file).resolve('@gangway/cli/package.json')
    return TEMPORARY.test(manifest) ? undefined : join(dirname(manifest), 'dist', 'bin.js')
  } catch {
    return undefined
  }
}

/** The JavaScript file of npx. `npx` itself is a batch file on Windows, and depends on the PATH on other systems. */
function npxNear(node: string): string {
  const modules = [join(dirname(node), 'node_modules'), join(dirname(node), '..', 'lib', 'node_modules'), join(dirname(node), '..', 'share', 'nodejs')]
  const npx = modules.map((folder) => join(folder, 'npm', 'bin', 'npx-cli.js')).find((path) => existsSync(path))
  if (npx === undefined) throw new GangwayError('GANGWAY_E_USAGE', `This gangway runs from a temporary cache, and there is no npx next to ${node}. Run npm install @gangway/cli, and install again`)
  return npx
}
