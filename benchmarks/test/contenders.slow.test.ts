/** Every contender responds correctly; speed is not tested. */
import { afterEach, describe, expect, test } from 'vitest'
import { Child, serve } from '../src/child.mjs'
import { lanes } from '../src/contenders/index.mjs'
import { HttpLoad } from '../src/load/http-load.mjs'
import { StdioLoad } from '../src/load/stdio-load.mjs'
import { installPeers } from '../src/prepare.mjs'
import { summarise } from '../src/report/profile.mjs'
import { echo, isEcho } from '../src/work/echo.mjs'
import { WORKS } from '../src/work/index.mjs'

/** Why the other libraries could not be installed. Without a registry, the tests of Gangway still run. */
const obstacle = obstacleToPeers()
if (obstacle) console.warn(`SKIPPED: benchmarks/peers cannot be installed: ${obstacle}`)

const children: Child[] = []
afterEach(async () => void (await Promise.all(children.splice(0).map((child) => child.stop()))))

test.for(lanes('http'))('over HTTP: $name', async ({ mode, contender }, { skip }) => {
  skip(contender.kind === 'peer' && obstacle !== undefined, obstacle)
  const { child, port } = await serve(contender.program, { mode, ...contender.settings, tools: 3 })
  children.push(child)
  const { answered } = await new HttpLoad(port, mode, 4, echo, isEcho).drive(20)
  expect(answered).toBeGreaterThanOrEqual(4)
  expect((await child.usage()).cpu).toBeGreaterThan(0)
})

test.for(lanes('stdio'))('on stdio: $name', async ({ mode, contender }, { skip }) => {
  skip(contender.kind === 'peer' && obstacle !== undefined, obstacle)
  const child = new Child(contender.program, { transport: 'stdio', mode, ...contender.settings, tools: 3 })
  children.push(child)
  const load = new StdioLoad(child, mode)
  await load.open()
  expect((await load.drive(echo, isEcho, 8, 20)).answered).toBeGreaterThanOrEqual(8)
})

test('a profile of Gangway is split by folder', async () => {
  const [lane] = lanes('http', ['gangway']).filter(({ contender }) => contender.kind === 'ours')
  const { mode, contender } = lane!
  const { child, port } = await serve(contender.program, { mode, ...contender.settings })
  children.push(child)
  await child.ask('sample')
  const { answered } = await new HttpLoad(port, mode, 4, echo, isEcho).drive(500)
  const { parts } = summarise('ours', await child.ask('samples'), { answered, cpu: 1 })
  expect([...parts.keys()]).toEqual(expect.arrayContaining(['fastify', 'node:http', '@gangway/core engine/', '@gangway/core web/', '@gangway/transport-http']))
})

describe('a workload', () => {
  const settings = { only: ['gangway'], pace: { rounds: 1, seconds: 0.02, say: () => {} } }

  test.each(['http-call', 'http-tools', 'http-auth', 'http-list', 'http-large', 'http-progress', 'sessions', 'stdio-call', 'start', 'growth-listeners'])('%s measures Gangway without failures', { timeout: 600_000 }, async (name) => {
    const { tables, results } = await WORKS[name]!.run(settings)
    expect(JSON.stringify(results)).not.toContain('"failed"')
    for (const { rows } of tables) expect(rows.flat()).not.toContain('–')
  })
})

function obstacleToPeers(): string | undefined {
  try {
    installPeers()
    return undefined
  } catch (error) {
    const code = /EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT/.exec(String(error))?.[0]
    if (code === undefined) throw error
    return `the registry cannot be reached (${code})`
  }
}
