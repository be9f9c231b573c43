/** Runs a command as a page shows it, and finds out what it serves until it is told to end. */
import { spawn } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { exchange, send } from '../doors/http-client.ts'
import { BASE_HEADERS } from '../doors/http-headers.ts'
import { initializeParams, requestText } from '../doors/message.ts'
import { openSse } from '../fastify/application.ts'
import type { Block } from './blocks.ts'

const PRELOAD = pathToFileURL(new URL('preload.mjs', import.meta.url).pathname).href
const HANDSHAKE = requestText(1, 'initialize', initializeParams('2025-11-25'))

export interface Run {
  /** An exit code, or the name of a signal. */
  readonly ended: number | string | null
  readonly output: string
}

/** Without anything to serve, it is to end by itself. */
export async function run(folder: string, command: string, args: readonly string[], { serves, gets, bearer }: Block): Promise<Run> {
  const { NODE_OPTIONS: _, ...inherited } = process.env
  const child = spawn(command, args, { cwd: folder, env: { ...inherited, NODE_OPTIONS: `--import=${PRELOAD}` }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let over: Run | undefined
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  const ended = new Promise<Run>((resolve) => child.once('close', (code, signal) => resolve((over = { ended: code ?? signal, output }))))

  const listeners = (): { pid: number; port: number }[] => [...output.matchAll(/^block (\d+) listens on (\d+)$/gm)].map(([, pid, port]) => ({ pid: Number(pid), port: Number(port) }))
  const asks = [...serves.map((place) => (port: number) => handshake(place, port, bearer)), ...gets.map((path) => (port: number) => get(path, port))]
  for (const ask of asks) {
    let found = false
    while (!found && !over) {
      for (const { port } of listeners()) found ||= await ask(port)
      if (!found) await setTimeout(50) // Until it serves, ends, or the test has had enough.
    }
  }
  for (const pid of new Set(listeners().map(({ pid }) => pid))) if (asks.length > 0 && !over) process.kill(pid, 'SIGTERM')
  return ended
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
