/** Empty projects, into which npm installs our packages as users would, and programs that run there. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const UNREACHABLE = new Set(['EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'EIDLETIMEOUT', 'ENETUNREACH', 'ENOTCACHED', 'ENOTFOUND', 'ERR_SOCKET_TIMEOUT', 'ETIMEDOUT'])

export function emptyProject(directory: string): void {
  mkdirSync(directory)
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
}

/** What npm said, with its code. */
export class InstallError extends Error {
  readonly code: string

  constructor(stderr: string) {
    super(stderr)
    this.code = /^npm (?:error|ERR!) code (.+)$/m.exec(stderr)?.[1] ?? ''
  }
}

/** Whether it is the registry that could not be reached. */
export const isUnreachable = (error: unknown): error is InstallError => error instanceof InstallError && UNREACHABLE.has(error.code)

/** Throws `InstallError`. */
export async function install(directory: string, packages: readonly string[]): Promise<void> {
  const { code, stderr } = await run(directory, 'npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=1', '--fetch-retry-mintimeout=500', ...packages])
  if (code !== 0) throw new InstallError(stderr)
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export const run = (cwd: string, command: string, args: readonly string[]): Promise<Ended> => end(start(cwd, command, args))

const children = new Set<ChildProcessWithoutNullStreams>()

/** Those that a failed test has left behind. */
export function killAll(): void {
  for (const child of children) child.kill('SIGKILL')
}

export function start(cwd: string, command: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}): ChildProcessWithoutNullStreams {
  const { NODE_OPTIONS: _, NODE_PATH: __, ...inherited } = process.env // pnpm's launchers put this workspace on the path.
  const child = spawn(command, args, { cwd, env: { ...inherited, ...variables }, stdio: 'pipe', shell: process.platform === 'win32' && command !== process.execPath })
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

export async function end(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number | null]>])
  return { code, stdout, stderr }
}
