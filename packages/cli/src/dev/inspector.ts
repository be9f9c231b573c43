/** The Inspector as a process: what it is told, when it is up, how it ended. */
import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { GangwayError } from '@gangway/core'
import { codeOf } from '../errors.ts'
import { say } from '../output.ts'
import { exitCodeBy } from '../signals.ts'
import type { Program } from './install-inspector.ts'
import { HOST, type Ports } from './ports.ts'
import { startTree, stopTree } from './process-tree.ts'

/** Milliseconds until it must have said where it is. */
const PATIENCE = 30_000
/** Milliseconds for what it printed before it ended. */
const LAST_WORDS = 500

/** What Node prints below an error. */
const STACK = /^(at |Node\.js v|[\^~}]+$)/

export interface InspectorOptions {
  readonly program: Program
  /** Its file of servers. */
  readonly catalog: string
  readonly ports: Ports
  /** Whether to show what it prints. */
  readonly verbose: boolean
}

export interface Ended {
  /** As a shell would have it. */
  readonly code: number
  /** In words, with the last that it printed. */
  readonly how: string
}

export interface Inspector {
  /** Lets whoever knows it in. */
  readonly token: string
  /** Resolves with the origin of its pages. Rejects with `GANGWAY_E_INSPECTOR`. */
  readonly up: Promise<string>
  readonly ended: Promise<Ended>
  /** Ends it, with all that it has started. */
  stop(): Promise<void>
}

export function startInspector({ program, catalog, ports, verbose }: InspectorOptions): Inspector {
  const token = randomBytes(16).toString('hex')
  const child = startTree(program.node, [program.script, '--web', '--catalog', catalog], dirname(catalog), environment(ports, token))
  let last = ''
  const announced = new Promise<string>((resolve) => {
    const read = (line: string): void => {
      const text = line.trim()
      if (text !== '' && !STACK.test(text)) last = text
      if (text !== '' && verbose) say(`inspector: ${text}`)
      const [, origin] = text.includes(token) ? (/(https?:\/\/[^\s/?]+)\/?\?/.exec(text) ?? []) : []
      if (origin !== undefined) resolve(origin)
    }
    for (const stream of [child.stdout, child.stderr] as Readable[]) createInterface({ input: stream }).on('line', read)
  })
  const ended = new Promise<Ended>((resolve) => {
    const end = (code: number, how: string): void => resolve({ code, how: last === '' ? how : `${how}: ${last.replace(/\.$/, '')}` })
    child.once('error', (error) => end(1, String(codeOf(error))))
    child.once('exit', (code, signal) => {
      const over = (): void => end(signal ? exitCodeBy(signal) : (code ?? 1), signal ?? `exit code ${code}`)
      child.once('close', over)
      setTimeout(over, LAST_WORDS).unref() // What it has started may hold its output open.
    })
  })
  const up = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(fault(`nothing heard for ${PATIENCE / 1000} s`)), PATIENCE)
    void ended.then(({ how }) => reject(fault(how)))
    void announced.then(resolve)
    void Promise.race([ended, announced]).then(() => clearTimeout(timer))
  })
  up.catch(() => {}) // Whoever waits for it hears of it.
  return { token, up, ended, stop: () => stopTree(child) }
}

const fault = (how: string): GangwayError => new GangwayError('GANGWAY_E_INSPECTOR', `The MCP Inspector did not start (${how}): try another --inspector-version, or --debug to see all that it says`)

/** Not what is meant for the server: names such as HOST and ALLOWED_ORIGINS are anybody's. */
function environment({ ui, sandbox }: Ports, token: string): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ALLOWED_ORIGINS: _origins, DANGEROUSLY_OMIT_AUTH: _auth, ...rest } = process.env
  return { ...rest, HOST, CLIENT_PORT: String(ui), MCP_SANDBOX_PORT: String(sandbox), MCP_INSPECTOR_API_TOKEN: token, MCP_AUTO_OPEN_ENABLED: 'false' }
}
