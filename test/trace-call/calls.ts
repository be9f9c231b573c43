/** The calls that `npm run trace-call` traces. Each runs several times first, so that work that is done once does not count. */
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { McpServer } from '@gangway/core'
import { http } from '../harness/http.ts'
import { envelope, initializeParams, MODERN, NEWEST_LEGACY, PROTOCOL_VERSION, CLIENT_CAPABILITIES, requestText, type Json, type Message, type Revision } from '../harness/message.ts'
import { stdio } from '../harness/stdio.ts'
import type { Door } from '../harness/wire.ts'

export interface Trace {
  readonly name: string
  /** Our files with a function that ran, in the order of their first calls. */
  readonly files: readonly string[]
  /** Those that are on the stack when the handler starts, the outermost first. */
  readonly stack: readonly string[]
}

const WARM_UP = 5
const ELICITATION = { elicitation: { form: {} } }

const recorder = globalThis as { traceCall?: ((file: string) => void) | undefined }

function sourcesOnStack(root: string): string[] {
  Error.stackTraceLimit = Number.POSITIVE_INFINITY
  const lines = (new Error().stack ?? '').split('\n').map((line) => /\(?((?:file:\/\/)?\/[^():]+)(?::\d+){2}\)?$/.exec(line)?.[1] ?? '')
  Error.stackTraceLimit = 10
  const files = lines.map((path) => relative(root, path.startsWith('file:') ? fileURLToPath(path) : path)).filter((file) => /^packages\/[^/]+\/src\//.test(file))
  return [...new Set(files.toReversed())]
}

/** Traces one call of `tool` and all messages that belong to it. */
async function traceCall(root: string, door: Door, revision: Revision, tool: 'greet' | 'confirm'): Promise<Omit<Trace, 'name'>> {
  let stack: string[] = []
  const server = new McpServer({ name: 'traced', version: '1.0.0' })
    .tool('greet', {}, () => {
      stack = sourcesOnStack(root)
      return 'hello'
    })
    .tool('confirm', {}, async (_, ctx) => {
      stack = sourcesOnStack(root)
      const { action } = await ctx.elicit('ok', 'Continue?', {})
      return action
    })
  const served = await door(server)
  let settle: ((message: Message) => void) | undefined
  const next = (): Promise<Message> => new Promise((resolve) => (settle = resolve))
  const wire = await served.connect((text) => settle?.(JSON.parse(text) as Message), revision)
  const request = (id: unknown, method: string, params: Json): Promise<Message> => {
    const answer = next()
    const meta = revision === MODERN ? { _meta: envelope({ [PROTOCOL_VERSION]: MODERN, [CLIENT_CAPABILITIES]: ELICITATION }) } : {}
    void wire.send(requestText(id, method, { ...params, ...meta }))
    return answer
  }
  const call = async (id: number): Promise<void> => {
    const first = await request(id, 'tools/call', { name: tool, arguments: {} })
    if (tool === 'greet') return
    if (revision === MODERN) await request(`${id} again`, 'tools/call', { name: tool, arguments: {}, requestState: first.result?.requestState, inputResponses: { ok: { action: 'accept', content: {} } } })
    else {
      const last = next()
      void wire.send(JSON.stringify({ jsonrpc: '2.0', id: first.id, result: { action: 'accept', content: {} } }))
      await last
    }
  }
  if (revision !== MODERN) {
    await request('initialize', 'initialize', initializeParams(revision, ELICITATION))
    await wire.send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }))
  }
  for (let id = 0; id < WARM_UP; id++) await call(id)
  const files = new Set<string>()
  recorder.traceCall = (file) => files.add(file)
  await call(WARM_UP)
  await new Promise((resolve) => setImmediate(resolve)) // What runs after the last byte of the response belongs to the call.
  recorder.traceCall = undefined
  await wire.close()
  await served.close()
  return { files: [...files], stack }
}

export async function traceCalls(root: string): Promise<Trace[]> {
  const traces: Trace[] = []
  for (const [doorName, door] of Object.entries({ HTTP: http, stdio })) {
    for (const [era, revision] of Object.entries({ legacy: NEWEST_LEGACY, modern: MODERN } as const)) {
      for (const tool of ['greet', 'confirm'] as const) {
        traces.push({ name: `${tool === 'greet' ? 'tools/call' : 'tools/call with an elicitation'}, ${era}, ${doorName}`, ...(await traceCall(root, door, revision, tool)) })
      }
    }
  }
  return traces
}
