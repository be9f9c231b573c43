/** Connects to a target, and closes the connection after use. */
import process from 'node:process'
import { GangwayError, isGangwayError, type Logger } from '@gangway/core'
import { connect, PeerError, type Client, type ClientTransport } from '@gangway/core/client'
import { logLine } from '../output.ts'
import { abortOnSignal } from '../process/signals.ts'
import { openTransports } from '../upstreams/open-transports.ts'
import { unreachable } from '../upstreams/unreachable.ts'
import { version } from '../own-version.ts'
import { elicitIn } from './elicit.ts'
import { ServerLog } from './server-log.ts'
import type { Target } from './target.ts'

export interface Connected {
  readonly client: Client
  /** Unreachable servers with the reason, if the target has several servers. */
  readonly failed: ReadonlyMap<string, string>
}

const SILENT: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** The default request timeout in seconds. */
const TIMEOUT = 60

type Use<T> = (requested: Connected) => Promise<T>

/** Throws the error of `unreachable`, and `GANGWAY_E_REFUSED` for an error response. On a signal, stops the servers that it started, and exits. */
export const withClient = <T>(target: Target, timeout: number | undefined, use: Use<T>): Promise<T> => abortOnSignal((signal) => connected(target, timeout, use, signal))

async function connected<T>(target: Target, timeout: number | undefined, use: Use<T>, signal: AbortSignal): Promise<T> {
  const refused = new AbortController() // Without the signal, the client would start the server again, as it does for old servers that exit on an unknown request.
  const log = new ServerLog(target.isFile ? (refusal) => refused.abort(refusal) : undefined)
  const milliseconds = (timeout ?? TIMEOUT) * 1000
  try {
    const transports = await openTransports(target.upstreams, log.take)
    const [only, ...others] = Object.values(transports)
    const faults: Fault[] = []
    const transport = only && others.length === 0 ? only : await gather(transports, milliseconds, (fault) => faults.push(fault))
    const redact = transport.redact ?? String
    const warn = warnOnce(redact)
    const client = await connect(transport, {
      info: { name: 'gangway', version },
      timeout: milliseconds,
      signal: AbortSignal.any([refused.signal, signal]),
      elicit: elicitIn({ input: process.stdin, output: process.stderr, isTerminal: Boolean(process.stdin.isTTY && process.stderr.isTTY) }),
      onFault: ({ message }) => warn(message),
      onLog: ({ level, data, logger }) => logLine(redact(`${level}: ${logger === undefined ? '' : `${logger}: `}${typeof data === 'string' ? data : JSON.stringify(data)}`)),
    }).catch((error: unknown) => {
      throw unreachable(error)
    })
    signal.addEventListener('abort', () => void client.close())
    try {
      const failed = others.length > 0 ? await failures(client, faults) : new Map<string, string>()
      for (const { message, reason } of faults) if (![...failed.values()].includes(reason)) warn(`${message}: ${reason}`)
      return await use({ client, failed })
    } catch (error) {
      throw isGangwayError(error) ? new GangwayError(error.code, redact(error.message), { cause: error.cause }) : error // It may quote what the server sent.
    } finally {
      await client.close()
    }
  } catch (error) {
    if (error instanceof PeerError) throw new GangwayError('GANGWAY_E_REFUSED', `The server returned an error: ${error.message} (${error.code})`, { cause: error })
    throw refused.signal.reason ?? error
  } finally {
    log.end()
  }
}

/** Maximum number of warnings per command. */
const MAX_WARNINGS = 20

/** A server may cause the same warning with every message. */
function warnOnce(redact: (text: string) => string): (message: string) => void {
  const warned = new Set<string>()
  return (message) => {
    if (warned.has(message) || warned.size >= MAX_WARNINGS) return
    warned.add(message)
    logLine(`warning: ${redact(message)}`)
  }
}

interface Fault {
  readonly upstream: string
  readonly message: string
  readonly reason: string
}

/** Combines several servers in the same proxy that `run` uses. */
async function gather(transports: Readonly<Record<string, ClientTransport>>, startup: number, onFault: (fault: Fault) => void): Promise<ClientTransport> {
  const [{ proxyAll }, { memory }] = await Promise.all([import('@gangway/core/proxy'), import('@gangway/core/testing')])
  const warn: Logger['warn'] = (details, message) => {
    if (typeof details === 'object' && details !== null && 'reason' in details) onFault({ upstream: 'upstream' in details ? String(details.upstream) : '', message: message ?? 'An upstream failed', reason: String(details.reason) })
  }
  return memory(proxyAll(transports, { startupTimeout: startup, logger: { ...SILENT, warn } }))
}

/** Upstreams start on first use, and listing tools uses all of them. */
async function failures(client: Client, faults: readonly Fault[]): Promise<Map<string, string>> {
  await client.listTools().catch(() => {}) // The states below report the failure.
  const { contents } = await client.readResource('gangway://upstreams')
  const states = JSON.parse((contents[0] as { text: string }).text) as Record<string, { state: string; error?: string }>
  return new Map(Object.entries(states).flatMap(([name, { state, error = 'it does not respond' }]) => (state === 'ready' ? [] : [[name, faults.findLast(({ upstream }) => upstream === name)?.reason ?? error] as const])))
}
