/** Starts an application on the host and port that options, environment variables or defaults define. */
import { GangwayError, type Logger, type Running } from '@gangway/core'
import { checkNumber, checkNumbers, limitOf, logLimited, variable, type NumberRules, type OptionNames } from '@gangway/core/internal'
import { HOST_VALIDATION_OPTIONS, isLoopback, type HostValidationOptions } from '@gangway/core/internal/http'
import type { FastifyInstance } from 'fastify'

export interface ListenOptions extends HostValidationOptions {
  /** The address to listen on. @default `GANGWAY_HOST`, else '127.0.0.1' */
  host?: string
  /** The port to listen on. 0 selects a free port. @default `GANGWAY_PORT`, else `PORT`, else 8000 */
  port?: number
  /** Maximum number of open connections. Node.js closes further connections at once. A client with an open event stream needs two: one for the stream, one for its requests. @default 10,000 */
  maxConnections?: number
}

export const LISTEN_OPTIONS: OptionNames<ListenOptions> = { ...HOST_VALIDATION_OPTIONS, host: true, port: true, maxConnections: true }

const NUMBERS: NumberRules<ListenOptions> = { port: { min: 0, max: 65_535, whole: true, unlimited: false }, maxConnections: limitOf('connections') }

/**
 * Resolves once the application listens. The URL of the result ends in `path`. A second `close()` calls `abort`, which cancels the requests that the application waits for.
 * Throws `GANGWAY_E_USAGE`, `GANGWAY_E_ALLOWED_HOSTS`, `GANGWAY_E_PORT_IN_USE` and `GANGWAY_E_BIND`.
 */
export async function listen(app: FastifyInstance, options: ListenOptions, { path, logger, abort }: { readonly path: string; readonly logger: Logger; readonly abort: () => void }): Promise<Running> {
  const { host, port } = await start(app, options, logger)
  const bound = app.server.address()
  const actual = bound !== null && typeof bound === 'object' ? bound.port : port // If the port option is 0, the system has chosen one.

  let end: (() => void) | undefined
  const closed = new Promise<void>((resolve) => (end = resolve)).then(async () => void (await app.close()))
  closed.catch(() => {}) // The error is reported to the code that awaits `closed`. This only prevents an unhandled rejection.
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}${path}`,
    closed,
    close: () => {
      if (end) end()
      else abort() // Second call: do not wait for the requests in flight.
      end = undefined
      return closed
    },
  }
}

/** Closes the application if it cannot listen, so that it does not keep resources open. */
async function start(app: FastifyInstance, options: ListenOptions, logger: Logger): Promise<{ host: string; port: number }> {
  try {
    checkNumbers(options, NUMBERS)
    const address = resolveAddress(options)
    limitConnections(app.server, options.maxConnections ?? 10_000, logger)
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

function limitConnections(server: FastifyInstance['server'], maxConnections: number, logger: Logger): void {
  if (maxConnections === Number.POSITIVE_INFINITY) return
  server.maxConnections = maxConnections
  server.on('drop', () => logLimited(logger, 'warn', { maxConnections }, 'Closed a new connection, because maxConnections are already open'))
}

function resolveAddress({ host = variable('GANGWAY_HOST') ?? '127.0.0.1', port = portVariable('GANGWAY_PORT') ?? portVariable('PORT') ?? 8000, allowedHosts }: ListenOptions): { host: string; port: number } {
  checkNumber('port', port, NUMBERS.port) // Checked again because the port may come from an environment variable.
  if (!isLoopback(host) && !allowedHosts) {
    throw new GangwayError('GANGWAY_E_ALLOWED_HOSTS', `${host} is reachable from other machines. List the accepted host names in allowedHosts (--allowed-host), or set it to 'any'`)
  }
  return { host, port }
}

function bindError(cause: unknown, { host, port }: { host: string; port: number }): GangwayError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'EADDRINUSE') return new GangwayError('GANGWAY_E_PORT_IN_USE', `Port ${port} on ${host} is already in use. Stop the other program, or choose another port (--port)`, { cause })
  return new GangwayError('GANGWAY_E_BIND', `Cannot listen on ${host}, port ${port} (${cause instanceof Error ? cause.message : String(cause)}). Choose another host or port`, { cause })
}

function portVariable(name: string): number | undefined {
  const value = variable(name)
  if (value === undefined) return undefined
  if (!/^\d+$/.test(value)) throw new GangwayError('GANGWAY_E_USAGE', `${name} must be a port number, not "${value}"`)
  return Number(value)
}

/** Suppresses Fastify's message, because `run()` prints the URL with its path. */
const sayNothing = (): string => ''
