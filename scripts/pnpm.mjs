/** Runs the pnpm version in package.json. If the PATH has another version or none, npx fetches it. */

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** @type {import('node:child_process').SpawnSyncOptionsWithStringEncoding} */
const defaults = {
  cwd: root,
  encoding: 'utf8',
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
  maxBuffer: Infinity,
  shell: process.platform === 'win32', // pnpm and npx are .cmd files there.
}

/**
 * @param {string[]} args
 * @param {Partial<typeof defaults>} [options]
 */
export function pnpm(args, options) {
  const [command, ...prefix] = launcher()
  return spawnSync(command, [...prefix, ...args], { ...defaults, stdio: 'inherit', ...options })
}

/** @returns {[string, ...string[]]} */
function launcher() {
  const { packageManager } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const found = spawnSync('pnpm', ['--version'], { ...defaults, stdio: 'pipe' })
  return packageManager === `pnpm@${found.stdout?.trim()}` ? ['pnpm'] : ['npx', '--yes', packageManager]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = pnpm(process.argv.slice(2)).status ?? 1
