/** Chooses the Inspector's ports: the given ones, or the first free ones. */
import { createServer } from 'node:net'
import { GangwayError } from '@gangway/core'
import { codeOf } from '../errors.ts'

export const HOST = '127.0.0.1'

export interface Ports {
  readonly ui: number
  /** For the pages of MCP apps. */
  readonly sandbox: number
}

export interface RequestedPorts {
  readonly uiPort?: number
  readonly sandboxPort?: number
}

/** The Inspector's defaults. */
const DEFAULTS: Ports = { ui: 6274, sandbox: 6275 }
const TRIES = 100

/** 0 picks a free port. Throws `GANGWAY_E_PORT_IN_USE` and `GANGWAY_E_BIND`. */
export async function choosePorts({ uiPort, sandboxPort }: RequestedPorts): Promise<Ports> {
  const ui = uiPort === undefined ? await firstFree(DEFAULTS.ui) : await named(uiPort, '--ui-port')
  const sandbox = sandboxPort === undefined ? await firstFree(DEFAULTS.sandbox, ui) : await named(sandboxPort, '--sandbox-port')
  return { ui, sandbox }
}

/** A message for each port that differs from the requested or default one. */
export function moved(ports: Ports, { uiPort = DEFAULTS.ui, sandboxPort = DEFAULTS.sandbox }: RequestedPorts): string[] {
  const lines: string[] = []
  if (uiPort !== 0 && ports.ui !== uiPort) lines.push(`Port ${uiPort} is in use. The MCP Inspector uses port ${ports.ui}`)
  if (sandboxPort !== 0 && ports.sandbox !== sandboxPort) lines.push(`Port ${sandboxPort} is in use. The MCP Inspector's sandbox uses port ${ports.sandbox}`)
  return lines
}

async function named(port: number, flag: string): Promise<number> {
  const bound = await bind(port)
  if (typeof bound === 'number') return bound
  if (bound === 'EADDRINUSE') throw new GangwayError('GANGWAY_E_PORT_IN_USE', `Port ${port} is in use. Choose another ${flag}, or remove it to use the first free port`)
  throw new GangwayError('GANGWAY_E_BIND', `Cannot listen on port ${port} (${bound}). Choose another ${flag}`)
}

async function firstFree(first: number, except?: number): Promise<number> {
  for (let port = first; port < first + TRIES; port++) {
    if (port !== except && typeof (await bind(port)) === 'number') return port
  }
  return named(0, '--ui-port')
}

/** Resolves with the port if it is free, or with the error code of the system. */
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
