/** Runs the built command, as a user's shell or client does. */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { afterFile } from '../../../test/harness/cleanup.ts'
import { temporaryFolder } from '../../../test/harness/temporary-folder.ts'

export const fixtures = fileURLToPath(new URL('fixtures', import.meta.url))
export const packages = fileURLToPath(new URL('../..', import.meta.url))
export const bin = join(packages, 'cli/dist/bin.js')

export interface Options {
  /** Lines for standard input, which ends after them. */
  input?: readonly object[]
  env?: Readonly<Record<string, string>>
  cwd?: string
  bin?: string
  /** The Node to run it on; without it, the one that runs the tests. */
  node?: string
}

export interface Ended {
  stdout: string
  stderr: string
  code: number | null
}

/**
 * Matches one line on stderr with this code and all these facts, in any order: `GANGWAY_E_USAGE: --prt … --port`.
 * Tests name the facts that a message must contain, so that its wording can change.
 */
export const errorLine = (line: string): string => expect.stringMatching(errorPattern(line, '^', '$')) as string

/** The same somewhere in the output. */
export const errorPattern = (line: string, start = '(?:^|\\n)', end = ''): RegExp => {
  const [, code, facts = ''] = /^(GANGWAY_E_\w+)(?:: (.*))?$/s.exec(line) ?? []
  return new RegExp(`${start}gangway: ${code}: ${lookAheads(facts)}[^\\n]+\\n${end}`)
}

/** Matches a message with all these facts, in any order. */
export const message = (facts: string): string => expect.stringMatching(new RegExp(`^${lookAheads(facts)}[^\\n]+$`)) as string

const lookAheads = (facts: string): string => facts.split(' … ').map((fact) => `(?=[^\\n]*${fact.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)})`).join('')

/** Resolves when the command has ended. */
export async function gangway(args: readonly string[], { input = [], ...options }: Options = {}): Promise<Ended> {
  const child = start(args, options)
  child.stdin.end(input.map((message) => `${JSON.stringify(message)}\n`).join(''))
  return ended(child)
}

/** Serves over HTTP while `use` runs. */
export async function gangwayHttp(args: readonly string[], use: (url: URL) => Promise<void>, options?: Options): Promise<Ended> {
  const child = start(['run', ...args, '-p', '0', '-l', 'debug'], options)
  const end = ended(child)
  try {
    await use(await address(child, end))
  } finally {
    child.kill('SIGTERM')
    await end
  }
  return end
}

export const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } } }
export const callTool = (name: string): object => ({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name, arguments: {} } })

/** All that a server without tools may write to standard output when it is initialised. */
export const welcome = (name: string, capabilities: object = { logging: {} }): string =>
  `${JSON.stringify({ jsonrpc: '2.0', id: 1, result: { protocolVersion: '2025-06-18', capabilities, serverInfo: { name, version: '1.0.0' } } })}\n`

export const post = (url: URL, message: object, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', connection: 'close', ...headers }, body: JSON.stringify(message) })

/** A folder with these files, in which these packages of ours are installed. */
export function project(files: Readonly<Record<string, string>>, installed: readonly string[] = ['core', 'transport-stdio']): string {
  const folder = mkdtempSync(join(temporaryFolder(), 'project-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  mkdirSync(join(folder, 'node_modules/@gangway'), { recursive: true })
  for (const name of installed) symlinkSync(join(packages, name), join(folder, 'node_modules/@gangway', name), 'junction')
  return folder
}

export type Child = ChildProcessByStdio<Writable, Readable, Readable>

export function start(args: readonly string[], { env, cwd = fixtures, bin: program = bin, node = process.execPath }: Options = {}): Child {
  const own = Object.entries(process.env).filter(([name]) => !/^(GANGWAY_|PORT$|NODE_OPTIONS$|NODE_PATH$)/.test(name))
  const child = spawn(node, [program, ...args], { cwd, env: { ...Object.fromEntries(own), XDG_CACHE_HOME: join(temporaryFolder(), 'cache'), ...env }, stdio: 'pipe' })
  child.stdin.on('error', () => {}) // One that refuses its arguments ends without having read.
  afterFile(() => child.kill('SIGKILL')) // A failing test may leave it running.
  return child
}

export function ended(child: Child): Promise<Ended> {
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve({ stdout, stderr, code }))
  })
}

async function address(child: Child, end: Promise<Ended>): Promise<URL> {
  const announced = new Promise<string>((resolve) => {
    let text = ''
    child.stderr.on('data', (more: string) => {
      const [url] = /http:\/\/[^"\s]+/.exec((text += more)) ?? []
      if (url) resolve(url)
    })
  })
  const failed = end.then(({ stderr, code }) => Promise.reject(new Error(`It ended with ${code} before it served: ${stderr}`)))
  return new URL(await Promise.race([announced, failed]))
}
