/** Checks that an installed server starts the way its host starts it, by listing its tools. */
import { parse } from 'node:path'
import { GangwayError } from '@gangway/core'
import { LEGACY_REVISIONS } from '@gangway/core/internal'
import { connect } from '@gangway/core/client'
import { stdioClient } from '@gangway/transport-stdio/client'
import { messageOf } from '../errors.ts'
import { logLine } from '../output.ts'
import { abortOnSignal } from '../process/signals.ts'
import { version } from '../own-version.ts'
import type { Entry } from './host-entry.ts'
import { hostEnvironment } from './host-environment.ts'
import type { Place } from './platform.ts'

export interface Installed {
  readonly entry: Entry
  /** The name of the host. */
  readonly host: string
  /** The working directory in the host, if known. */
  readonly folder: string | undefined
  /** A description of what was installed, for the error. */
  readonly state: string
}

/** Throws `GANGWAY_E_CHECK`, and prints the end of the server's log, if it does not start. */
export async function checkStart({ entry, host, folder, state }: Installed, place: Place): Promise<void> {
  const outcome = await abortOnSignal((signal) => handshake(entry, { cwd: folder ?? parse(place.home).root, env: hostEnvironment(place), signal }))
  if ('tools' in outcome) return logLine(`Checked: the server starts in ${host}'s environment (${outcome.tools} ${outcome.tools === 1 ? 'tool' : 'tools'}, ${outcome.milliseconds} ms)`)
  for (const line of outcome.log) logLine(`  ${line}`)
  throw new GangwayError('GANGWAY_E_CHECK', `${state}, but the server does not start in ${host}'s environment: ${outcome.fault}. ${advice(entry)}`)
}

const advice = ({ env }: Entry): string => `Hosts do not pass on the variables and PATH of your shell. Fix the server${env ? '' : ', or add variables with --env'}, and install again`

export type Outcome = { readonly tools: number; readonly milliseconds: number } | { readonly fault: string; readonly log: readonly string[] }

export interface HandshakeOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Milliseconds to wait for each response. Similar to the timeout of hosts. */
  readonly timeout?: number
  /** Stops the server. */
  readonly signal?: AbortSignal
}

/** Lines of the server's log that are printed. */
const LOG_LINES = 8

/** Never rejects. The server has exited when it resolves. */
export async function handshake({ command, args, env: own = {} }: Entry, { cwd, env, timeout = 60_000, signal: stopped }: HandshakeOptions): Promise<Outcome> {
  const began = performance.now()
  let log = ''
  const failed = new AbortController()
  const signal = AbortSignal.any([failed.signal, ...(stopped ? [stopped] : [])])
  const transport = stdioClient({ command, args, cwd, env: { ...env, ...own }, secrets: Object.values(own), onStderr: (text) => (log += text) })
  try {
    // Hosts are legacy clients, and reject a server that prints to stdout.
    const client = await connect(transport, { info: { name: 'gangway-install', version }, preferredRevision: LEGACY_REVISIONS[0], timeout, signal, onFault: (fault) => failed.abort(fault) })
    try {
      const tools = client.server.capabilities.tools ? await client.listTools({ signal }) : []
      return { tools: tools.length, milliseconds: Math.round(performance.now() - began) }
    } finally {
      await client.close()
    }
  } catch (error) {
    const fault = messageOf(error).replace(/\. The end of its stderr: .*/s, '') // The log shows it.
    return { fault, log: log.split(/\r?\n/).filter((line) => line.trim() !== '').slice(-LOG_LINES) }
  }
}
