/** Runs npm, which comes with Node, out of sight. */
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { say } from '../output.ts'
import { exitCodeBy, SIGNALS } from '../signals.ts'
import { parentNpm } from './lifeline.ts'
import { npmError } from './npm-error.ts'
import { progress } from './progress.ts'

export interface NpmRun {
  readonly folder: string
  readonly args: readonly string[]
  /** What it installs, in words. */
  readonly what: string
  readonly debug: boolean
  /** Whether to ask the registry even for what npm itself has kept. */
  readonly refresh: boolean
}

/** Whatever the user's npm is set to do elsewhere, here it installs into one folder, and runs no scripts. */
const SETTINGS = [
  '--ignore-scripts',
  '--global=false',
  '--workspaces=false',
  '--dry-run=false',
  '--package-lock-only=false',
  '--install-strategy=hoisted',
  '--install-links',
  '--omit=dev',
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=1000',
  '--loglevel=error',
  '--json',
]

/** Rejects with `npmError`, and `GANGWAY_E_NPM_MISSING`. */
export async function runNpm({ folder, args, what, debug, refresh }: NpmRun): Promise<void> {
  const npm = findNpm()
  if (npm === undefined) throw new GangwayError('GANGWAY_E_NPM_MISSING', `There is no npm beside ${process.execPath}, nor on the PATH, and packages are installed with it: install npm`)
  const child = spawn(process.execPath, [npm, ...args, ...SETTINGS, `--prefer-online=${refresh}`, `--prefix=${folder}`], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
  const stop = (signal: NodeJS.Signals): void => {
    child.kill('SIGKILL')
    process.exit(exitCodeBy(signal))
  }
  for (const signal of SIGNALS) process.once(signal, stop)
  const done = progress(`installing ${what}`)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  try {
    const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
    done()
    if (debug) say(`${stdout}${stderr}`.trimEnd())
    if (code !== 0) throw npmError({ stdout, stderr, what, folder })
  } finally {
    done()
    for (const signal of SIGNALS) process.off(signal, stop)
  }
}

/** Beside this Node, or beside the one that started it, or wherever the shell would find it. */
export function findNpm(): string | undefined {
  const bin = dirname(realpathSync(process.execPath))
  const npm = 'node_modules/npm/bin/npm-cli.js'
  const places = [join(bin, '../lib', npm), join(bin, npm), parentNpm(), process.env['npm_execpath'], ...onPath()]
  return places.find((place) => place?.endsWith('npm-cli.js') && existsSync(place))
}

function onPath(): string[] {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.flatMap((folder) => {
    try {
      return [join(folder, 'node_modules/npm/bin/npm-cli.js'), realpathSync(join(folder, 'npm'))]
    } catch {
      return [join(folder, 'node_modules/npm/bin/npm-cli.js')]
    }
  })
}
