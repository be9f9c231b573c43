/** Runs npm without showing its output. */
import { existsSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import type { Readable } from 'node:stream'
import { GangwayError } from '@gangway/core'
import { logLine } from '../output.ts'
import { startChild } from '../process/child-process.ts'
import { parentNpm } from '../process/parent-link.ts'
import { exitOnSignal } from '../process/signals.ts'
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
  // Not in a separate group: git, which npm may run, prompts for passwords only in the foreground group of the terminal.
  const child = startChild(process.execPath, [npm, ...args, ...SETTINGS, `--prefer-online=${refresh}`, `--prefix=${folder}`], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const signals = exitOnSignal()
  const done = progress(`installing ${what}`)
  let stdout = ''
  let stderr = ''
  const [output, errors] = [child.process.stdout, child.process.stderr] as [Readable, Readable]
  output.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  errors.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  try {
    const { code } = await child.ended
    done()
    if (debug) logLine(`${stdout}${stderr}`.trimEnd())
    if (code !== 0) throw npmError({ stdout, stderr, what, folder })
  } finally {
    done()
    signals.off()
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
