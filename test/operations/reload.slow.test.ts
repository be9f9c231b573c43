/** Two hundred edits, and twenty broken ones between them, while a client calls without pause: no call fails, and no session is lost. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { Client as SdkClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js'
import { connect } from '@gangway/core/client'
import { httpClient } from '@gangway/transport-http/client'
import { stdioClient } from '@gangway/transport-stdio/client'
import { expect, onTestFinished, test } from 'vitest'

const EDITS = 200
const BROKEN = 20

const packages = fileURLToPath(new URL('../../packages', import.meta.url))
const bin = join(packages, 'cli/dist/bin.js')

/** Every fifth edit adds a tool, and the next takes it away. */
const server = (edit: number): string => `import { McpServer } from '@gangway/core'
import { word } from './word.mjs'
export default new McpServer({ name: 'edited', version: '1.0.0' })
  .tool('say', {}, async () => { await new Promise((resolve) => setTimeout(resolve, 5)); return word })${edit % 5 === 0 ? "\n  .tool('more', {}, () => 'ok')" : ''}
`
const word = (edit: number): string => `export const word = 'edit ${edit}'\n`

const FAULTS = ['const = 1', "throw new Error('broken')", 'process.exit(1)', "import './nowhere.mjs'", "Promise.reject(new Error('broken'))\nawait new Promise((resolve) => setTimeout(resolve, 50))"]

function newProject(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'gangway-reload-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'node_modules/@gangway'), { recursive: true })
  for (const name of ['core', 'transport-stdio', 'transport-http']) symlinkSync(join(packages, name), join(folder, 'node_modules/@gangway', name), 'junction')
  writeFileSync(join(folder, 'server.mjs'), server(1))
  writeFileSync(join(folder, 'word.mjs'), word(0))
  return folder
}

interface Caller {
  call(): Promise<{ content: unknown }>
  close(): Promise<void>
  /** Undefined where there is none. */
  session?(): string | undefined
  /** How often it was told of other tools. */
  announced(): number
}

const command = ['run', 'server.mjs', '--reload']

async function sdkOnStdio(folder: string, log: (text: string) => void): Promise<Caller> {
  const transport = new StdioClientTransport({ command: process.execPath, args: [bin, ...command], cwd: folder, stderr: 'pipe' })
  transport.stderr?.on('data', (bytes: Buffer) => log(String(bytes)))
  return ofSdk(transport)
}

/** Node warns of the listeners that so many requests leave on the one signal of that transport. */
const withoutSignal = (url: string | URL, init?: RequestInit): Promise<Response> => fetch(url, init?.method === 'POST' ? { ...init, signal: null } : init)

async function sdkOnHttp(folder: string, log: (text: string) => void): Promise<Caller> {
  const transport = new StreamableHTTPClientTransport(await listening(folder, log), { fetch: withoutSignal })
  return { ...(await ofSdk(transport)), session: () => transport.sessionId }
}

async function ofSdk(transport: StdioClientTransport | StreamableHTTPClientTransport): Promise<Caller> {
  let announced = 0
  const client = new SdkClient({ name: 'caller', version: '1.0.0' })
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => void announced++)
  await client.connect(transport as never)
  return { call: async () => (await client.callTool({ name: 'say' })) as { content: unknown }, close: () => client.close(), announced: () => announced }
}

const ownOn = (transport: 'stdio' | 'http') => async (folder: string, log: (text: string) => void): Promise<Caller> => {
  const way = transport === 'http' ? httpClient(await listening(folder, log)) : stdioClient({ command: process.execPath, args: [bin, ...command], cwd: folder, onStderr: log })
  const client = await connect(way, { revision: '2026-07-28' })
  const news = await client.listen({ toolsListChanged: true })
  let announced = 0
  const counting = (async () => {
    for await (const change of news) if ('list' in change) announced++
  })()
  const close = async (): Promise<void> => {
    await client.close()
    await counting.catch(() => {})
  }
  return { call: () => client.callTool('say'), close, announced: () => announced }
}

async function listening(folder: string, log: (text: string) => void): Promise<URL> {
  const child = spawn(process.execPath, [bin, ...command, '-t', 'http', '-p', '0'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await ended
  })
  let text = ''
  return new Promise((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (more: string) => {
      log(more)
      const [url] = /http:\/\/[^"\s]+/.exec((text += more)) ?? []
      if (url) resolve(new URL(url))
    })
  })
}

test.each([
  ['stdio, SDK 1.x', sdkOnStdio],
  ['http, a session of SDK 1.x', sdkOnHttp],
  ['stdio, 2026-07-28', ownOn('stdio')],
  ['http, 2026-07-28', ownOn('http')],
])('%s', { timeout: 300_000 }, async (name, open) => {
  const folder = newProject()
  const edit = (file: string, text: string): void => writeFileSync(join(folder, file), text)
  const seen = { log: '', calls: 0, now: '', over: false }
  const refusals = (): number => seen.log.match(/[Kk]eeping the previous version/g)?.length ?? 0
  const looks = new EventTarget()
  const look = (): void => void looks.dispatchEvent(new Event('look'))
  /** Resolves once it is so; the calls and the log say when to look. */
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise((resolve) => looks.addEventListener('look', resolve, { once: true }))
  }
  const caller = await open(folder, (text) => {
    seen.log += text
    look()
  })
  const session = caller.session?.()

  const failures: unknown[] = []
  const callers = Array.from({ length: 3 }, async () => {
    while (!seen.over) {
      try {
        const { content } = await caller.call()
        seen.now = (content as [{ text: string }])[0].text
        seen.calls++
      } catch (error) {
        failures.push(error)
      }
      look()
    }
  })

  const times: number[] = []
  for (let number = 1; number <= EDITS; number++) {
    if (number % (EDITS / BROKEN) === 0) {
      const before = refusals()
      edit('word.mjs', `${word(number)}${FAULTS[(number * BROKEN / EDITS) % FAULTS.length]}\n`)
      await until(() => refusals() > before)
      expect(seen.now).toBe(`edit ${number - 1}`)
    }
    const begun = performance.now()
    if (number % 5 < 2) edit('server.mjs', server(number))
    edit('word.mjs', word(number))
    await until(() => seen.now === `edit ${number}`)
    times.push(performance.now() - begun)
  }
  seen.over = true
  await Promise.all(callers)

  const sorted = times.toSorted((a, b) => a - b).map(Math.round)
  console.log(`${name}: ${seen.calls} calls, ${EDITS} edits, seen after ${sorted[EDITS / 2]} ms (median), ${sorted.at(-1)} ms (longest)`)
  expect(failures).toEqual([])
  expect(seen.calls).toBeGreaterThan(EDITS)
  expect(caller.session?.()).toBe(session)
  expect(caller.announced()).toBeGreaterThanOrEqual(2 * (EDITS / 5) - 1)
  await caller.close()
})
