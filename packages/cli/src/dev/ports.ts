/** The ports that the Inspector gets: those that were asked for, or else the first that are free. */
import { createServer } from 'node:net'
import { GangwayError } from '@gangway/core'
import { codeOf } from '../errors.ts'

export const HOST = '127.0.0.1'

export interface Ports {
  readonly ui: number
  /** Where the Inspector serves the pages that servers bring. */
  readonly sandbox: number
}

export interface AskedPorts {
  readonly uiPort?: number
  readonly sandboxPort?: number
}

/** The Inspector's own. */
const DEFAULTS: Ports = { ui: 6274, sandbox: 6275 }
const TRIES = 100

/** What was asked for; 0 is any free one. Throws `GANGWAY_E_PORT_IN_USE`, and `GANGWAY_E_BIND`. */
export async function choosePorts({ uiPort, sandboxPort }: AskedPorts): Promise<Ports> {
  const ui = uiPort === undefined ? await firstFree(DEFAULTS.ui) : await named(uiPort, '--ui-port')
  const sandbox = sandboxPort === undefined ? await firstFree(DEFAULTS.sandbox, ui) : await named(sandboxPort, '--sandbox-port')
  return { ui, sandbox }
}

/** A line for each that was to be another. */
export function moved(ports: Ports, { uiPort = DEFAULTS.ui, sandboxPort = DEFAULTS.sandbox }: AskedPorts): string[] {
  const lines: string[] = []
  if (uiPort !== 0 && ports.ui !== uiPort) lines.push(`Port ${uiPort} is taken: the MCP Inspector gets ${ports.ui}`)
  if (sandboxPort !== 0 && ports.sandbox !== sandboxPort) lines.push(`Port ${sandboxPort} is taken: the MCP Inspector's sandbox gets ${ports.sandbox}`)
  return lines
}

async function named(port: number, flag: string): Promise<number> {
  const bound = await bind(port)
  if (typeof bound === 'number') return bound
  if (bound === 'EADDRINUSE') throw new GangwayError('GANGWAY_E_PORT_IN_USE', `Port ${port} is taken: choose another ${flag}, or leave it out for the first that is free`)
  throw new GangwayError('GANGWAY_E_BIND', `Cannot listen on port ${port} (${bound}): choose another ${flag}`)
}

async function firstFree(first: number, except?: number): Promise<number> {
  for (let port = first; port < first + TRIES; port++) {
    if (port !== except && typeof (await bind(port)) === 'number') return port
  }
  return named(0, '--ui-port')
}

/** The port, if a program may listen there now, or else what the system says. */
function bind(port: number): Promise<number | string> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve(String(codeOf(error))))
    server.listen(port, HOST, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port))
    })
  })
}
