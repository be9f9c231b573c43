/** A million pseudo-random messages to a real process, on stdio and on HTTP: it does not crash, and answers each request once. `FUZZ_SEED` repeats a run. */
import { spawn } from 'node:child_process'
import { Agent } from 'node:http'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { exchange } from '../harness/http-client.ts'
import { Peer } from '../harness/http-peer.ts'
import { initializeParams, requestText, type Message } from '../harness/message.ts'
import { programFile, startProgram, until } from '../harness/program.ts'
import { fuzzMessages, type FuzzMessage } from './fuzz-messages.ts'

const SEED = Number(process.env.FUZZ_SEED ?? 20_261_130)
const MINUTES = { timeout: 600_000 }
const STDIO = 1_000_000
/** Over HTTP most come in batches, which are cheap to send. */
const BATCHES = 20_000
const BATCH = 45
const SINGLES = 50_000


/** What is due, and what came: every response must be due, and every request gets its response. */
class Ledger {
  readonly #due = new Set<unknown>()
  /** By id, how many messages with it are no proper requests: an error may come for each. */
  readonly #possible = new Map<unknown, number>()
  readonly faults: string[] = []

  sent({ id, isRequest }: FuzzMessage): void {
    if (isRequest) this.#due.add(id)
    else if (id !== undefined) this.#possible.set(id, (this.#possible.get(id) ?? 0) + 1)
  }

  received(message: Message): void {
    if ('method' in message) return
    if (('result' in message) === ('error' in message)) this.faults.push(`neither result nor error, or both: ${JSON.stringify(message)}`)
    const { id } = message
    if (typeof id !== 'number' || id < 1000 || this.#due.delete(id)) return // Below are ids that several messages may have.
    const possible = this.#possible.get(id) ?? 0
    this.#possible.set(id, possible - 1)
    if (possible <= 0) this.faults.push(`a response that is not due, or a second one: ${JSON.stringify(message)}`)
  }

  get unanswered(): unknown[] {
    return [...this.#due]
  }
}

test(`stdio: ${STDIO} messages, seed ${SEED}`, MINUTES, async () => {
  const program = startProgram(process.execPath, [programFile('fuzz-target.mjs')])
  const ledger = new Ledger()
  createInterface({ input: program.stdout }).on('line', (line) => ledger.received(JSON.parse(line) as Message))
  program.stdin.write(`${requestText(1, 'initialize', initializeParams('2025-11-25'))}\n{"jsonrpc":"2.0","method":"notifications/initialized"}\n`)
  const next = fuzzMessages({ seed: SEED })
  for (let sent = 0; sent < STDIO; ) {
    let text = ''
    for (const end = Math.min(sent + 200, STDIO); sent < end; sent++) {
      const message = next()
      ledger.sent(message)
      text += `${message.text.replaceAll(/[\r\n]/g, ' ')}\n`
    }
    if (!program.stdin.write(text)) await new Promise((resolve) => program.stdin.once('drain', resolve))
  }
  await until(() => ledger.unanswered.length === 0 || ledger.faults.length > 0)
  program.stdin.end()
  expect([await program.ended, ledger.faults.slice(0, 10), ledger.unanswered.slice(0, 10)]).toEqual([0, [], []])
})

async function startHttpTarget() {
  const child = spawn(process.execPath, [programFile('fuzz-target.mjs'), 'http'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = new Promise<number | string | null>((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)))
  const url = await new Promise<string>((resolve) => child.once('message', (message: { url: string }) => resolve(message.url)))
  return { url, child, ended }
}

/** Each of the numbers in turn, several at a time. */
async function inParallel(workers: number, count: number, work: (worker: number) => Promise<void>): Promise<void> {
  let begun = 0
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      while (begun++ < count) await work(worker)
    }),
  )
}

test(`http: ${BATCHES * BATCH + 2 * SINGLES} messages, seed ${SEED}`, MINUTES, async () => {
  const { url, child, ended } = await startHttpTarget()
  const agent = new Agent({ keepAlive: true })
  const faults: string[] = []
  /** Posts messages in one body, and looks at the whole reply. */
  const post = async (peer: Peer, messages: readonly FuzzMessage[], isBatch: boolean): Promise<void> => {
    const ledger = new Ledger()
    for (const message of messages) ledger.sent(message)
    const body = isBatch ? `[${messages.map(({ text }) => text).join(',')}]` : (messages[0]?.text ?? '')
    const headers = Object.fromEntries(Object.entries(peer.headers(body)).map(([name, value]) => [name, String(value).replaceAll(/[^\x20-\x7e]/g, '?')]))
    const reply = await exchange(peer.url, { headers, body, agent })
    for (const message of reply.messages.flat()) ledger.received(message)
    faults.push(...ledger.faults)
    const isRefused = !isBatch && reply.status >= 400 && reply.status < 500 // Of one message, its error may have no id.
    if (reply.status >= 500 || (ledger.unanswered.length > 0 && !isRefused)) faults.push(`${reply.status} without a response for ${JSON.stringify(ledger.unanswered)}: ${body.slice(0, 500)}`)
  }
  const batching = await Promise.all(Array.from({ length: 4 }, () => Peer.open(url, 'legacy', '2025-03-26')))
  const nextInBatch = fuzzMessages({ seed: SEED + 1, era: 'legacy', alone: false })
  await inParallel(4, BATCHES, (worker) => post(batching[worker] as Peer, Array.from({ length: BATCH }, nextInBatch), true))
  for (const era of ['legacy', 'modern'] as const) {
    const peer = await Peer.open(url, era)
    const next = fuzzMessages({ seed: SEED + 2, era })
    await inParallel(16, SINGLES, () => post(peer, [next()], false))
  }
  expect(faults.slice(0, 10)).toEqual([])
  agent.destroy()
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
})
