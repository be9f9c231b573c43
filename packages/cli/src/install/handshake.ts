/** Starts an entry like its host, and lists its tools. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { LEGACY_REVISIONS } from '@gangway/core'
import { messageOf } from '../errors.ts'
import { version } from '../version.ts'
import type { Entry } from './host-entry.ts'

export type Outcome = { readonly tools: number; readonly milliseconds: number } | { readonly fault: string; readonly log: readonly string[] }

export interface HandshakeOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** In milliseconds. Similar to the timeout of hosts. */
  readonly timeout?: number
}

/** Never rejects. The server has exited when it resolves. */
export async function handshake({ command, args, env: own }: Entry, { cwd, env, timeout = 60_000 }: HandshakeOptions): Promise<Outcome> {
  const began = performance.now()
  const child = spawn(command, args, { cwd, env: { ...env, ...own }, stdio: 'pipe', windowsHide: true })
  const ended = once(child, 'close').then(([code, signal]) => new Error(signal === null ? `it exited with code ${code}` : `it was terminated by ${signal}`), (error: unknown) => error)
  const log: string[] = []
  createInterface(child.stderr).on('line', (line) => log.push(line))
  child.stdin.on('error', () => {}) // The exit of the process explains more.
  const expiry = new AbortController()
  const gone = Promise.race([ended, sleep(timeout, new Error(`it did not respond within ${timeout / 1000} s`), { signal: expiry.signal })]).then((error) => Promise.reject(error as Error))
  try {
    const tools = await Promise.race([gone, countTools(createInterface(child.stdout)[Symbol.asyncIterator](), (message) => void child.stdin.write(`${JSON.stringify(message)}\n`))])
    return { tools, milliseconds: Math.round(performance.now() - began) }
  } catch (error) {
    await Promise.race([ended, sleep(500, undefined, { signal: expiry.signal })]) // Wait for the last lines of its log.
    return { fault: messageOf(error), log: log.filter((line) => line.trim() !== '').slice(-8) }
  } finally {
    child.stdin.end()
    await Promise.race([ended, sleep(3000, undefined, { signal: expiry.signal })])
    expiry.abort()
    child.kill('SIGKILL')
    for (const output of [child.stdout, child.stderr]) output.destroy() // A child process may keep them open.
    await ended
  }
}

/** Follows all pages. */
async function countTools(lines: AsyncIterator<string>, send: (message: object) => void): Promise<number> {
  let id = 0
  const ask = async (method: string, params: object): Promise<Record<string, unknown>> => {
    send({ jsonrpc: '2.0', id: ++id, method, params })
    for (;;) {
      const { value, done } = await lines.next()
      if (done) return new Promise(() => {}) // The exit of the process is reported separately.
      const message = parse(value)
      if (message['id'] !== id || 'method' in message) continue
      if ('error' in message) throw new Error(`it responded to ${method} with an error: ${JSON.stringify(message['error'])}`)
      if (!isObject(message['result'])) throw new Error(`it responded to ${method} without a result`)
      return message['result']
    }
  }
  const { capabilities } = await ask('initialize', { protocolVersion: LEGACY_REVISIONS[0], capabilities: {}, clientInfo: { name: 'gangway-install', version } })
  send({ jsonrpc: '2.0', method: 'notifications/initialized' })
  if (!isObject(capabilities) || !capabilities['tools']) return 0
  let count = 0
  let cursor: unknown
  do {
    const page = await ask('tools/list', cursor === undefined ? {} : { cursor })
    if (!Array.isArray(page['tools'])) throw new Error('it responded to tools/list without tools')
    count += page['tools'].length
    cursor = page['nextCursor']
  } while (cursor !== undefined)
  return count
}

function parse(line: string): Record<string, unknown> {
  try {
    const message: unknown = JSON.parse(line)
    if (isObject(message)) return message
  } catch {
    // Reported below.
  }
  throw new Error(`it wrote a line to stdout that is not a JSON-RPC message: ${line.slice(0, 200)}`)
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
