/** Runs npm without showing its output. */
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { logLine } from '../output.ts'
import { exitCodeBy, SIGNALS } from '../signals.ts'
import { parentNpm } from './parent-link.ts'
import { npmError } from './npm-error.ts'
import { progress } from './progress.ts'

export interface NpmRun {
  readonly folder: string
  readonly args: readonly string[]
  /** A description of the installation. */
  readonly what: string
  readonly debug: boolean
  /** Whether npm must check the registry even for packages in its own cache. */
  readonly refresh: boolean
}

/** Overrides the user's npm configuration: install into one folder, and run no scripts. */
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
  if (npm === undefined) throw new GangwayError('GANGWAY_E_NPM_MISSING', `Cannot find npm, neither next to ${process.execPath} nor on the PATH. Install npm`)
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
    if (debug) logLine(`${stdout}${stderr}`.trimEnd())
    if (code !== 0) throw npmError({ stdout, stderr, what, folder })
  } finally {
    done()
    for (const signal of SIGNALS) process.off(signal, stop)
  }
}

/** Next to this Node.js, next to the Node.js of the parent process, or on the PATH. */
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
