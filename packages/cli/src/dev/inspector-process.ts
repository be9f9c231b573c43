/** The Inspector's process: its environment, startup and exit. */
import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { GangwayError } from '@gangway/core'
import { withTimeout } from '@gangway/core/internal'
import { codeOf } from '../errors.ts'
import { logLine } from '../output.ts'
import { startChild, type Exit } from '../process/child-process.ts'
import { lifelineArguments } from '../process/parent-link.ts'
import type { Program } from './install-inspector.ts'
import { HOST, type Ports } from './inspector-ports.ts'

/** Milliseconds until the Inspector must have printed its URL. */
const STARTUP_TIMEOUT = 30_000

/** Lines of a stack trace. */
const STACK = /^(at |Node\.js v|[\^~}]+$)/

export interface InspectorOptions {
  readonly program: Program
  /** The path of its mcp.json. */
  readonly catalog: string
  readonly ports: Ports
  /** Whether to print its output. */
  readonly verbose: boolean
}

export interface Inspector {
  /** The API token: requests need it. */
  readonly token: string
  /** Resolves with the origin of its pages. Rejects with `GANGWAY_E_INSPECTOR`. */
  readonly up: Promise<string>
  /** Never rejects. The description includes its last line of output. */
  readonly ended: Promise<Exit>
  /** Stops the Inspector and its child processes. */
  stop(): Promise<void>
}

export function startInspector({ program, catalog, ports, verbose }: InspectorOptions): Inspector {
  const token = randomBytes(16).toString('hex')
  const child = startChild(program.node, [...lifelineArguments(dirname(catalog)), program.script, '--web', '--catalog', catalog], { env: environment(ports, token), stdio: ['ignore', 'pipe', 'pipe', 'pipe'], group: true })
  let last = ''
  const announced = new Promise<string>((resolve) => {
    const read = (line: string): void => {
      const text = line.trim()
      if (text !== '' && !STACK.test(text)) last = text
      if (text !== '' && verbose) logLine(`inspector: ${text}`)
      const [, origin] = text.includes(token) ? (/(https?:\/\/[^\s/?]+)\/?\?/.exec(text) ?? []) : []
      if (origin !== undefined) resolve(origin)
    }
    for (const stream of [child.process.stdout, child.process.stderr] as Readable[]) createInterface({ input: stream }).on('line', read)
  })
  const ended = child.ended.catch((error: unknown): Exit => ({ code: 1, how: String(codeOf(error)) })).then(({ code, how }) => ({ code, how: last === '' ? how : `${how}: ${last.replace(/\.$/, '')}` }))
  const failed = ended.then(({ how }): never => {
    throw fault(how)
  })
  const up = withTimeout(STARTUP_TIMEOUT, Promise.race([announced, failed]), () => {
    throw fault(`it printed no URL within ${STARTUP_TIMEOUT / 1000} s`)
  })
  up.catch(() => {}) // The caller handles it, but may attach later.
  return { token, up, ended, stop: child.stop }
}

const fault = (how: string): GangwayError => new GangwayError('GANGWAY_E_INSPECTOR', `The MCP Inspector did not start (${how}). Try another --inspector-version, or --debug to see its output`)

/** Without variables such as NODE_OPTIONS and ALLOWED_ORIGINS, which are probably meant for the server. */
function environment({ ui, sandbox }: Ports, token: string): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ALLOWED_ORIGINS: _origins, DANGEROUSLY_OMIT_AUTH: _auth, ...rest } = process.env
  return { ...rest, HOST, CLIENT_PORT: String(ui), MCP_SANDBOX_PORT: String(sandbox), MCP_INSPECTOR_API_TOKEN: token, MCP_AUTO_OPEN_ENABLED: 'false' }
}
