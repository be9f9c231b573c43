/** The official server-everything behind a proxy: the official client sees and gets what it does without the proxy, over stdio and HTTP on either side. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from '@gangway/core'
import { proxy } from '@gangway/core/proxy'
import { http as httpServer } from '@gangway/transport-http'
import { httpClient } from '@gangway/transport-http/client'
import { stdioClient } from '@gangway/transport-stdio/client'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { CreateMessageRequestSchema, ElicitRequestSchema, ListRootsRequestSchema, LoggingMessageNotificationSchema, ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, test, vi } from 'vitest'
import { EVERYTHING, served } from './official.ts'
import { afterTest } from '../harness/cleanup.ts'

vi.setConfig({ testTimeout: 60_000 })

const ignore = (): void => {}
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
const BIN = fileURLToPath(new URL('../../packages/cli/dist/bin.js', import.meta.url))

/** An address, or the arguments of Node. */
type Place = URL | string[]

const BEHIND: Readonly<Record<string, () => Promise<Place>>> = {
  stdio: async () => [EVERYTHING, 'stdio'],
  HTTP: async () => new URL(`${await served(EVERYTHING, 'streamableHttp')}/mcp`),
}

const FRONTS: Readonly<Record<string, (behind: Place) => Promise<Place>>> = {
  HTTP: async (behind) => {
    const server = proxy(behind instanceof URL ? httpClient(behind) : stdioClient({ command: process.execPath, args: behind, exitTimeout: 100 }), { logger })
    const running = await httpServer({ port: 0 }).serve(server)
    afterTest(async () => (void running.close(), running.close()))
    return new URL(running.url ?? '')
  },
  stdio: async (behind) => {
    const folder = mkdtempSync(join(tmpdir(), 'gangway-everything-'))
    afterTest(async () => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'mcp.json'), JSON.stringify({ mcpServers: { everything: behind instanceof URL ? { url: behind.href } : { command: process.execPath, args: behind } } }))
    return [BIN, 'run', join(folder, 'mcp.json')]
  },
}

interface Heard {
  readonly client: Client
  readonly asked: string[]
  readonly updated: string[]
  readonly logs: unknown[]
}

const CAPABILITIES = { sampling: {}, elicitation: { form: {}, url: {} }, roots: { listChanged: true } }

/** A client that can do all that the server makes use of, or nothing. */
async function connected(place: Place, capabilities: Partial<typeof CAPABILITIES> = CAPABILITIES): Promise<Heard> {
  const client = new Client({ name: 'everything', version: '1.0.0' }, { capabilities })
  const [asked, updated, logs]: [string[], string[], unknown[]] = [[], [], []]
  if (capabilities.elicitation) {
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
      asked.push(`${params.mode ?? 'form'} ${'elicitationId' in params ? String(params.elicitationId) : ''}`)
      return { action: 'accept', ...(params.mode !== 'url' && { content: { name: 'Ada', check: true } }) }
    })
  }
  if (capabilities.sampling) client.setRequestHandler(CreateMessageRequestSchema, async () => (asked.push('sampling'), { role: 'assistant', model: 'm-1', content: { type: 'text', text: 'Ho' } }))
  if (capabilities.roots) client.setRequestHandler(ListRootsRequestSchema, async () => (asked.push('roots'), { roots: [{ uri: 'file:///home', name: 'home' }] }))
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => void updated.push(params.uri))
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void logs.push(params.data))
  await client.connect((place instanceof URL ? new StreamableHTTPClientTransport(place) : new StdioClientTransport({ command: process.execPath, args: place, stderr: 'ignore' })) as Parameters<Client['connect']>[0])
  afterTest(() => client.close())
  return { client, asked, updated, logs }
}

/** Without what a proxy does not pass on: tasks. */
const withoutTasks = (tools: { execution?: { taskSupport?: string | undefined } | undefined }[]): object[] => tools.filter(({ execution }) => execution?.taskSupport !== 'required').map(({ execution: _, ...tool }) => tool)

async function lists({ client }: Heard): Promise<object> {
  return {
    tools: withoutTasks((await client.listTools()).tools),
    resources: (await client.listResources()).resources,
    templates: (await client.listResourceTemplates()).resourceTemplates,
    prompts: (await client.listPrompts()).prompts,
    instructions: client.getInstructions(),
    server: client.getServerVersion(),
  }
}

const CALLS: readonly (readonly [name: string, args: Record<string, unknown>])[] = [
  ['echo', { message: 'hi' }],
  ['get-annotated-message', { messageType: 'error', includeImage: true }],
  ['get-resource-links', { count: 3 }],
  ['get-resource-reference', { resourceType: 'Text', resourceId: 1 }],
  ['get-structured-content', { location: 'Chicago' }],
  ['get-sum', { a: 1, b: 2 }],
  ['get-sum', { a: 'one' }],
  ['get-tiny-image', {}],
  ['get-roots-list', {}],
  ['trigger-sampling-request', { prompt: 'Hi', maxTokens: 5 }],
  ['trigger-elicitation-request', {}],
  ['trigger-url-elicitation', { url: 'https://example.com/', message: 'Open it', elicitationId: 'e-1' }],
]

/** Times differ from call to call. */
const settled = (promise: Promise<object>): Promise<unknown> => promise.then((result) => JSON.parse(JSON.stringify(result).replaceAll(/\d{1,2}:\d{2}:\d{2} [AP]M/g, 'now')), (error: { code?: number; data?: unknown }) => ({ code: error.code, data: error.data }))

/** What the calls, reads, prompts and completions give, and what the client was asked. */
async function outcomes({ client, asked }: Heard): Promise<object> {
  const results: Record<string, unknown> = {}
  for (const [name, args] of CALLS) results[`${name} ${JSON.stringify(args)}`] = await settled(client.callTool({ name, arguments: args }))
  for (const uri of ['demo://resource/dynamic/text/1', 'demo://resource/static/document/features.md', 'demo://none']) results[uri] = await settled(client.readResource({ uri }))
  results['prompt'] = await settled(client.getPrompt({ name: 'args-prompt', arguments: { city: 'Paris' } }))
  results['completion'] = await settled(client.complete({ ref: { type: 'ref/prompt', name: 'completable-prompt' }, argument: { name: 'department', value: 'E' } }))
  return { results, asked: [...new Set(asked)].toSorted() } // The server requests the roots when it likes, and the proxy asks in the next call.
}

const ways = Object.keys(FRONTS).flatMap((front) => Object.keys(BEHIND).map((behind) => ({ front, behind })))

describe.each(ways)('[case 51] server-everything over $behind, proxied over $front', ({ front, behind }) => {
  const both = async (capabilities?: Partial<typeof CAPABILITIES>): Promise<[direct: Heard, proxied: Heard]> => {
    const place = await BEHIND[behind]!()
    return [await connected(place, capabilities), await connected(await FRONTS[front]!(place), capabilities)]
  }

  test.each([['everything', CAPABILITIES], ['nothing', {}]])('a client that supports %s is offered the same as without the proxy', async (_, capabilities) => {
    const [direct, proxied] = await both(capabilities)
    expect(await lists(proxied)).toEqual(await lists(direct))
  })

  test('calls, reads, prompts and completions have the same results, and the client is asked the same', async () => {
    const [direct, proxied] = await both()
    expect(await outcomes(proxied)).toEqual(await outcomes(direct))
  })

  test('progress, log messages and updates of resources arrive', async () => {
    const place = await BEHIND[behind]!()
    const { client, logs, updated } = await connected(await FRONTS[front]!(place))
    const reports: number[] = []
    await client.callTool({ name: 'trigger-long-running-operation', arguments: { duration: 0.4, steps: 4 } }, undefined, { onprogress: ({ progress }) => reports.push(progress) })
    expect(reports.slice(0, 3)).toEqual([1, 2, 3]) // The client drops the last one if it comes right before the response.
    await client.setLoggingLevel('debug')
    await client.callTool({ name: 'toggle-simulated-logging', arguments: {} })
    await expect.poll(() => logs.length, { timeout: 15_000 }).toBeGreaterThan(0)
    await client.subscribeResource({ uri: 'demo://resource/dynamic/text/1' })
    await client.callTool({ name: 'toggle-subscriber-updates', arguments: {} })
    await expect.poll(() => updated, { timeout: 15_000 }).toContain('demo://resource/dynamic/text/1')
  })
})
