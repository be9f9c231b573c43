/** `gangway run`, `list` and `call` of files that export a server of the official SDK, 1.x or 2.x: as it is, or a function that makes it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type Client } from '@gangway/core/client'
import { httpClient } from '@gangway/transport-http/client'
import { describe, expect, test } from 'vitest'
import { errorLine, gangway, gangwayHttp, initialize, packages, project } from './gangway.ts'

const options = { timeout: 60_000 }
const programs = join(packages, '../test/programs')
const create = (version: string): string => `import { newServer } from '${join(programs, `official-${version}.mjs`)}'\n`
const sum = { structuredContent: { sum: 3 } }

const WAYS: Readonly<Record<string, { text: string; exported?: string; single?: true }>> = {
  'an instance by default': { text: 'export default newServer()\n', single: true },
  'an instance called server, low-level': { text: 'export const other = 1\nexport const server = newServer().server\n', single: true },
  'a named instance': { text: 'export const servers = { till: newServer() }\n', exported: ':servers.till', single: true },
  'a function by default': { text: 'export default newServer\n' },
  'a named function, asynchronous': { text: 'export const make = async ({ args }) => newServer(args)\n', exported: ':make' },
}

describe.concurrent.each(['1', '2'])('a server of SDK %s.x', options, (version) => {
  test.each(Object.entries(WAYS))('exported as %s', async (_, { text, exported = '', single }) => {
    const cwd = project({ 'server.mjs': create(version) + text }, [])
    const ask = ['call', `server.mjs${exported}`, 'add', 'a=1', 'b=2', '--json']
    const { stdout, ...ended } = await gangway(ask, { cwd })
    expect(ended).toEqual({ stderr: '', code: 0 })
    expect(JSON.parse(stdout)).toMatchObject(sum)
    const { stderr } = await gangwayHttp([`server.mjs${exported}`, '-t', 'http'], async ({ href }) => {
      for (const revision of ['2026-07-28', '2025-11-25'] as const) {
        const client = await connect(httpClient(href), { revision })
        expect(await client.callTool('add', { a: 1, b: 2 })).toMatchObject(sum)
        await client.close()
      }
    }, { cwd })
    const caution = `gangway: ${join(cwd, 'server.mjs')} exports one server written with the official SDK`
    expect(stderr.includes(caution)).toBe(single === true)
  })
})

/** Two clients at a time. */
const both = (use: (clients: Client[]) => Promise<void>) => async ({ href }: URL) => {
  const clients = [await connect(httpClient(href), { revision: '2025-11-25' }), await connect(httpClient(href), { revision: '2025-11-25' })]
  await use(clients)
  for (const client of clients) await client.close()
}

test('a function serves many clients at once, an instance rejects the second one', options, async () => {
  const cwd = project({ 'server.mjs': `${create('1')}export default newServer\nexport const one = newServer()\n` }, [])
  await gangwayHttp(['server.mjs', '-t', 'http'], both(async (clients) => {
    for (const client of clients) expect(await client.callTool('add', { a: 1, b: 2 })).toMatchObject(sum)
  }), { cwd })
  await gangwayHttp(['server.mjs:one', '-t', 'http'], both(async ([first, second]) => {
    expect(await first!.callTool('add', { a: 1, b: 2 })).toMatchObject(sum)
    await expect(second!.callTool('add', { a: 1, b: 2 })).rejects.toThrow('server.mjs is a single server instance')
  }), { cwd })
})

const refused = (line: string): object => ({ stdout: '', stderr: errorLine(line), code: 4 })

describe.concurrent('errors', options, () => {
  test('a file that connects its server itself', async () => {
    const cwd = project({ 'server.mjs': `${create('1')}const server = newServer()\nawait server.connect({ start: async () => {}, send: async () => {}, close: async () => {} })\nexport default server\nexport const make = () => server\n` }, [])
    const line = `GANGWAY_E_SDK_SERVER: ${join(cwd, 'server.mjs')}`
    for (const spec of ['server.mjs', 'server.mjs:make']) expect(await gangway(['run', spec], { cwd })).toEqual(refused(line))
  })

  test('an export that is not the default choice is named', async () => {
    const cwd = project({ 'server.mjs': `${create('2')}export const till = newServer()\nexport const config = { port: 1 }\n` }, [])
    const file = join(cwd, 'server.mjs')
    expect(await gangway(['run', 'server.mjs'], { cwd })).toEqual(refused(`GANGWAY_E_NO_SERVER: ${file} … till … gangway run server.mjs:till`))
    expect(await gangway(['run', 'server.mjs:config'], { cwd })).toEqual(refused(`GANGWAY_E_NOT_A_SERVER: "config" … ${file} … server.mjs:till`))
  })
})

test('a Gangway server loads nothing of the proxy', options, async () => {
  const cwd = project({ 'server.mjs': "import { McpServer } from '@gangway/core'\nexport const server = new McpServer({ name: 'x', version: '1' })\n" })
  const coverage = join(cwd, 'coverage')
  expect(await gangway(['run', 'server.mjs'], { input: [initialize], cwd, env: { NODE_V8_COVERAGE: coverage } })).toMatchObject({ stderr: '', code: 0 })
  const loaded = readdirSync(coverage).map((name) => readFileSync(join(coverage, name), 'utf8')).join('')
  expect(loaded).toContain('/core/dist/index.js"')
  expect(loaded).not.toContain('/core/dist/proxy.js"')
})
