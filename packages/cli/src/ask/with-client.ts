/** Connects to a target for as long as something is asked of it. */
import process from 'node:process'
import { GangwayError, type Logger } from '@gangway/core'
import { connect, PeerError, type Client, type ClientTransport } from '@gangway/core/client'
import { say } from '../output.ts'
import { openTransports } from '../upstreams/transports.ts'
import { unreachable } from '../upstreams/unreachable.ts'
import { version } from '../version.ts'
import { elicitIn } from './elicit.ts'
import { ServerLog } from './server-log.ts'
import type { Target } from './target.ts'

export interface Asked {
  readonly client: Client
  /** Of several servers, those that cannot be reached, with the reason. */
  readonly failed: ReadonlyMap<string, string>
}

const SILENT: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** Seconds, as elsewhere where nobody says. */
const TIMEOUT = 60

/** Throws what `unreachable` says, and `GANGWAY_E_REFUSED` for what the server answers as an error. */
export async function withClient<T>(target: Target, timeout: number | undefined, use: (asked: Asked) => Promise<T>): Promise<T> {
  const refused = new AbortController() // It would be started again, in case that it is an old server that ends when it is asked what it does not know.
  const log = new ServerLog(target.isFile ? (refusal) => refused.abort(refusal) : undefined)
  const milliseconds = (timeout ?? TIMEOUT) * 1000
  try {
    const transports = await openTransports(target.upstreams, log.take)
    const [only, ...others] = Object.values(transports)
    const faults: Fault[] = []
    const transport = only && others.length === 0 ? only : await gather(transports, milliseconds, (fault) => faults.push(fault))
    const warn = warnOnce()
    const client = await connect(transport, {
      info: { name: 'gangway', version },
      timeout: milliseconds,
      signal: refused.signal,
      elicit: elicitIn({ input: process.stdin, output: process.stderr, isTerminal: Boolean(process.stdin.isTTY && process.stderr.isTTY) }),
      onFault: ({ message }) => warn(message),
      onLog: ({ level, data, logger }) => say(`${level}: ${logger === undefined ? '' : `${logger}: `}${typeof data === 'string' ? data : JSON.stringify(data)}`),
    }).catch((error: unknown) => {
      throw unreachable(error)
    })
    try {
      const failed = others.length > 0 ? await failures(client, faults) : new Map<string, string>()
      for (const { message, reason } of faults) if (![...failed.values()].includes(reason)) warn(`${message}: ${reason}`)
      return await use({ client, failed })
    } finally {
      await client.close()
    }
  } catch (error) {
    if (error instanceof PeerError) throw new GangwayError('GANGWAY_E_REFUSED', `The server answered with an error, ${error.message} (${error.code})`, { cause: error })
    throw refused.signal.reason ?? error
  } finally {
    log.end()
  }
}

/** Warnings that one command prints. */
const MAX_WARNINGS = 20

/** A server may repeat a fault in every message. */
function warnOnce(): (message: string) => void {
  const warned = new Set<string>()
  return (message) => {
    if (warned.has(message) || warned.size >= MAX_WARNINGS) return
    warned.add(message)
    say(`warning: ${message}`)
  }
}

interface Fault {
  readonly upstream: string
  readonly message: string
  readonly reason: string
}

/** Several servers, as `run` would serve them. */
async function gather(transports: Readonly<Record<string, ClientTransport>>, startup: number, onFault: (fault: Fault) => void): Promise<ClientTransport> {
  const [{ proxyAll }, { memory }] = await Promise.all([import('@gangway/core/proxy'), import('@gangway/core/testing')])
  const warn: Logger['warn'] = (details, message) => {
    if (typeof details === 'object' && details !== null && 'reason' in details) onFault({ upstream: 'upstream' in details ? String(details.upstream) : '', message: message ?? 'An upstream failed', reason: String(details.reason) })
  }
  return memory(proxyAll(transports, { startup, logger: { ...SILENT, warn } }))
}

/** They start when they are needed first, and a list needs all of them. */
async function failures(client: Client, faults: readonly Fault[]): Promise<Map<string, string>> {
  await client.listTools().catch(() => {}) // If there is none, that is said below.
  const { contents } = await client.readResource('gangway://upstreams')
  const states = JSON.parse((contents[0] as { text: string }).text) as Record<string, { state: string; error?: string }>
  return new Map(Object.entries(states).flatMap(([name, { state, error = 'it does not answer' }]) => (state === 'ready' ? [] : [[name, faults.findLast(({ upstream }) => upstream === name)?.reason ?? error] as const])))
}
