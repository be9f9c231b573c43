/** Runs a command as a page shows it, and finds out what it serves until it is told to end. */
import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { exchange, send } from '../harness/http-client.ts'
import { BASE_HEADERS } from '../harness/http-headers.ts'
import { initializeParams, requestText } from '../harness/message.ts'
import { openSse } from '../fastify/application.ts'
import type { Block } from './blocks.ts'

const PRELOAD = new URL('preload.mjs', import.meta.url).href
const HANDSHAKE = requestText(1, 'initialize', initializeParams('2025-11-25'))

export interface Run {
  /** An exit code, or the name of a signal. */
  readonly ended: number | string | null
  readonly output: string
}

const children = new Set<ChildProcess>()

/** For what a test did not come to the end of. */
export function endAll(): void {
  for (const { pid } of children) if (pid !== undefined) process.kill(-pid, 'SIGKILL') // With whatever it started.
}

/** Without anything to serve, it is to end by itself. */
export async function run(folder: string, command: string, args: readonly string[], { serves, gets, bearer }: Block, env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const { NODE_OPTIONS: _, ...inherited } = process.env
  const child = spawn(command, args, { cwd: folder, env: { ...inherited, ...env, NODE_OPTIONS: `--import=${PRELOAD}` }, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  children.add(child)
  const speaks = serves.includes('stdio')
  child.stdin.on('error', () => {}) // One that does not read may end before.
  child.stdin.end(speaks ? `${HANDSHAKE}\n` : '')
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  const ended = new Promise<Run>((resolve) => child.once('close', (code, signal) => resolve({ ended: code ?? signal, output })))
  child.once('close', () => children.delete(child))

  const listeners = (): { pid: number; port: number }[] => [...output.matchAll(/^block (\d+) listens on (\d+)$/gm)].map(([, pid, port]) => ({ pid: Number(pid), port: Number(port) }))
  const asks = [...serves.filter((place) => place !== 'stdio').map((place) => (port: number) => handshake(place, port, bearer)), ...gets.map((path) => (port: number) => get(path, port))]
  let unanswered = asks.length
  for (const ask of asks) {
    let found = false
    while (!found && children.has(child)) {
      for (const { port } of listeners()) found ||= await ask(port).catch(ignoreLeft)
      if (!found) await setTimeout(50) // Until it serves, ends, or the test has had enough.
    }
    if (found) unanswered--
  }
  for (const pid of new Set(listeners().map(({ pid }) => pid))) if (asks.length > 0 && children.has(child)) process.kill(pid, 'SIGTERM')
  const { ended: how, output: said } = await ended
  if (speaks && !said.includes('"serverInfo":')) unanswered++
  return { ended: unanswered > 0 ? 'before it served all that the page says' : how, output: said }
}

/** A port that was only tried, and left again. */
function ignoreLeft(error: unknown): false {
  if (!/^ECONN(REFUSED|RESET)$/.test(String((error as NodeJS.ErrnoException).code))) throw error
  return false
}

/** Whether what listens there is MCP, in this place. */
async function handshake(place: string, port: number, bearer: string | undefined): Promise<boolean> {
  const { host, pathname } = new URL(place, `http://127.0.0.1:${port}`)
  const url = `http://127.0.0.1:${port}${pathname}`
  const headers = { host, ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }) }
  if (pathname.endsWith('/sse')) {
    const { leave } = await openSse(url, headers)
    leave()
    return true
  }
  const { status, messages } = await exchange(url, { headers: { ...BASE_HEADERS, ...headers }, body: HANDSHAKE })
  return status === 200 && 'result' in (messages[0] ?? {})
}

async function get(path: string, port: number): Promise<boolean> {
  const { statusCode } = await send(`http://127.0.0.1:${port}${path}`, { method: 'GET' })
  return statusCode === 200
}

/** A program that asks the handler which a module exports. */
export const asking = (file: string, places: readonly string[]): string => `
import * as module from './${file}'
const handler = module.default?.fetch ?? module.POST
for (const place of ${JSON.stringify(places)}) {
  const reply = await handler(new Request(place, { method: 'POST', headers: ${JSON.stringify(BASE_HEADERS)}, body: ${JSON.stringify(HANDSHAKE)} }))
  if (reply.status !== 200 || !(await reply.text()).includes('serverInfo')) throw new Error(place + ' answers ' + reply.status)
}
process.exit(0)
`
