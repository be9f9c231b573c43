/** Starts an entry as its host would, and asks what it offers. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { LEGACY_REVISIONS } from '@gangway/core'
import { messageOf } from '../errors.ts'
import { version } from '../version.ts'
import type { Entry } from './entry.ts'

export type Outcome = { readonly tools: number; readonly milliseconds: number } | { readonly fault: string; readonly log: readonly string[] }

export interface Circumstances {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Milliseconds until it must have answered. Hosts wait about as long. */
  readonly patience?: number
}

/** Never rejects. Whatever it started has ended when it resolves. */
export async function handshake({ command, args, env: own }: Entry, { cwd, env, patience = 60_000 }: Circumstances): Promise<Outcome> {
  const began = performance.now()
  const child = spawn(command, args, { cwd, env: { ...env, ...own }, stdio: 'pipe', windowsHide: true })
  const ended = once(child, 'close').then(([code, signal]) => new Error(`it ended (${signal === null ? `exit code ${code}` : signal})`), (error: unknown) => error)
  const log: string[] = []
  createInterface(child.stderr).on('line', (line) => log.push(line))
  child.stdin.on('error', () => {}) // Its end tells more.
  const expiry = new AbortController()
  const gone = Promise.race([ended, sleep(patience, new Error(`it did not answer within ${patience / 1000} s`), { signal: expiry.signal })]).then((error) => Promise.reject(error as Error))
  try {
    const tools = await Promise.race([gone, countTools(createInterface(child.stdout)[Symbol.asyncIterator](), (message) => void child.stdin.write(`${JSON.stringify(message)}\n`))])
    return { tools, milliseconds: Math.round(performance.now() - began) }
  } catch (error) {
    await Promise.race([ended, sleep(500, undefined, { signal: expiry.signal })]) // What it says last is said as it ends.
    return { fault: messageOf(error), log: log.filter((line) => line.trim() !== '').slice(-8) }
  } finally {
    child.stdin.end()
    await Promise.race([ended, sleep(3000, undefined, { signal: expiry.signal })])
    expiry.abort()
    child.kill('SIGKILL')
    for (const output of [child.stdout, child.stderr]) output.destroy() // Something it started may hold them open.
    await ended
  }
}

/** In as many pages as the server likes. */
async function countTools(lines: AsyncIterator<string>, send: (message: object) => void): Promise<number> {
  let id = 0
  const ask = async (method: string, params: object): Promise<Record<string, unknown>> => {
    send({ jsonrpc: '2.0', id: ++id, method, params })
    for (;;) {
      const { value, done } = await lines.next()
      if (done) return new Promise(() => {}) // Its end is reported by whoever sees the process.
      const message = parse(value)
      if (message['id'] !== id || 'method' in message) continue
      if ('error' in message) throw new Error(`it answered ${method} with ${JSON.stringify(message['error'])}`)
      if (!isObject(message['result'])) throw new Error(`it answered ${method} with no result`)
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
    if (!Array.isArray(page['tools'])) throw new Error('it answered tools/list without tools')
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
    // Said below.
  }
  throw new Error(`it wrote to standard output what is no message: ${line.slice(0, 200)}`)
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
