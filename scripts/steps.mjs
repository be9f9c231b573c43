/** Steps that several npm scripts share. */

import { spawnSync } from 'node:child_process'
import { pnpm, root } from './pnpm.mjs'

export const install = () => quietly('Installing dependencies', ['install', '--frozen-lockfile'])

export const build = () => quietly('Building packages', ['exec', 'turbo', 'run', 'build'])

/**
 * Runs the tests and returns their exit code.
 * @param {string[]} args
 */
export function vitest(args) {
  console.log('Running tests')
  return spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...args], { cwd: root, stdio: 'inherit' }).status ?? 1
}

/**
 * Runs pnpm. If it fails, prints its output and exits.
 * @param {string} title
 * @param {string[]} args
 */
function quietly(title, args) {
  console.log(`${title}: pnpm ${args.join(' ')}`)
  const { status, stdout, stderr, error } = pnpm(args, { stdio: ['ignore', 'pipe', 'pipe'] })
  if (status === 0) return
  console.error([stdout, stderr, error?.message, `${title} failed.`].filter(Boolean).join('\n'))
  process.exit(status ?? 1)
}
