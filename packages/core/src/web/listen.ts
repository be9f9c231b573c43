/** Listening on a port: where, by options, variables and defaults; and what comes of it. */
import { GangwayError } from '../gangway-error.ts'
import type { OptionNames } from '../option-names.ts'
import { checkNumber } from '../option-numbers.ts'
import { variable } from '../server/host.ts'
import type { Running } from '../server/transport.ts'
import { GUARD_OPTIONS, isLoopback, type GuardOptions } from './guard.ts'

export interface ListenOptions extends GuardOptions {
  /** @default `GANGWAY_HOST`, else '127.0.0.1' */
  host?: string
  /** 0 takes any free one. @default `GANGWAY_PORT`, else `PORT`, else 8000 */
  port?: number
}

export const LISTEN_OPTIONS: OptionNames<ListenOptions> = { ...GUARD_OPTIONS, host: true, port: true }

/** As much of a Fastify application as is used here. */
export interface ListeningApp {
  readonly server: { address(): string | { readonly port: number } | null }
  ready(): PromiseLike<unknown>
  listen(address: { host: string; port: number; listenTextResolver(): string }): Promise<unknown>
  close(): PromiseLike<unknown>
}

/**
 * Resolves once the application listens; its URL ends in `path`. `abort` cuts short what the application waits for when it closes.
 * Throws `GANGWAY_E_USAGE`, `GANGWAY_E_ALLOWED_HOSTS`, `GANGWAY_E_PORT_IN_USE` and `GANGWAY_E_BIND`.
 */
export async function listen(app: ListeningApp, options: ListenOptions, path: string, abort: () => void): Promise<Running> {
  const { host, port } = await start(app, options)
  const bound = app.server.address()
  const actual = bound !== null && typeof bound === 'object' ? bound.port : port // Known only now if it was 0.

  let end: (() => void) | undefined
  const closed = new Promise<void>((resolve) => (end = resolve)).then(async () => void (await app.close()))
  closed.catch(() => {}) // Whoever waits for it hears of it.
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}${path}`,
    closed,
    close: () => {
      if (end) end()
      else abort() // Asked a second time: do not wait for what is in flight.
      end = undefined
      return closed
    },
  }
}

/** An application that does not come to listen is closed: nothing of it is to stay. */
async function start(app: ListeningApp, options: ListenOptions): Promise<{ host: string; port: number }> {
  try {
    const address = resolveAddress(options)
    await app.ready()
    await app.listen({ ...address, listenTextResolver: sayNothing }).catch((cause: unknown) => {
      throw bindError(cause, address)
    })
    return address
  } catch (error) {
    await app.close()
    throw error
  }
}

function resolveAddress({ host = variable('GANGWAY_HOST') ?? '127.0.0.1', port = portVariable('GANGWAY_PORT') ?? portVariable('PORT') ?? 8000, allowedHosts }: ListenOptions): { host: string; port: number } {
  checkNumber('port', port, { min: 0, max: 65_535, whole: true, unlimited: false })
  if (!isLoopback(host) && !allowedHosts) {
    throw new GangwayError('GANGWAY_E_ALLOWED_HOSTS', `${host} can be reached from other machines: name the hosts that clients may address in allowedHosts (--allowed-host), or say 'any'`)
  }
  return { host, port }
}

function bindError(cause: unknown, { host, port }: { host: string; port: number }): GangwayError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'EADDRINUSE') return new GangwayError('GANGWAY_E_PORT_IN_USE', `Port ${port} on ${host} is in use: end the program that has it, or choose another port (--port)`, { cause })
  return new GangwayError('GANGWAY_E_BIND', `Cannot listen on ${host}, port ${port} (${cause instanceof Error ? cause.message : String(cause)}): choose another host or port`, { cause })
}

function portVariable(name: string): number | undefined {
  const value = variable(name)
  if (value === undefined) return undefined
  if (!/^\d+$/.test(value)) throw new GangwayError('GANGWAY_E_USAGE', `${name} must be a port number, not "${value}"`)
  return Number(value)
}

/** `run()` says where, with the path. */
const sayNothing = (): string => ''
