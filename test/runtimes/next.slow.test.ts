/** The route handler of docs/hosts.md in a Next application, built with each of its bundlers. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { startChild, type Child } from '../harness/child.ts'
import { httpAt } from '../harness/http.ts'
import { connect } from '../harness/index.ts'
import { install, InstallError, isUnreachable } from '../projects.ts'
import { textOf } from '../harness/server.ts'
import { ERAS } from './conversation.ts'
import { addressOf } from './listening.ts'

const packed = inject('packed')
const page = readFileSync(new URL('../../docs/hosts.md', import.meta.url), 'utf8')
const [, route = ''] = /^```ts\n\/\/ app\/api\/mcp\/route\.ts\n(.+?)^```$/ms.exec(page) ?? []
const root = mkdtempSync(join(realpathSync(tmpdir()), 'gangway-next-'))
afterAll(() => rmSync(root, { recursive: true, maxRetries: 3 }))

const FILES = {
  'package.json': JSON.stringify({ private: true }),
  'next.config.mjs': 'export default { experimental: { cpus: 1 } }\n',
  'app/layout.tsx': 'export default ({ children }: { children: React.ReactNode }) => <html><body>{children}</body></html>\n',
  'app/api/mcp/route.ts': route.replace('api.example.com', '127.0.0.1'),
  'server.ts': readFileSync(fileURLToPath(new URL('programs/server.js', import.meta.url)), 'utf8').replace('/** @param {number} milliseconds */\n', '').replace('(milliseconds)', '(milliseconds: number)').replace('/** @type {string[]} */\nconst left =', 'const left: string[] ='),
}
const NEXT = join(root, 'node_modules/next/dist/bin/next')
const environment = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' }

let offline: string | undefined = 'skipped' in packed ? packed.skipped : undefined

beforeAll(async () => {
  if ('skipped' in packed) return
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  const tarballs = join(packed.directory, '../tarballs')
  const ours = readdirSync(tarballs).filter((name) => /core|http-server|transport-http/.test(name)).map((name) => join(tarballs, name))
  await install(root, [...ours, 'next@16', 'react@19', 'react-dom@19', 'zod@4', 'typescript@5', '@types/node@24', '@types/react@19']).catch((error: unknown) => {
    if (!isUnreachable(error)) throw error
    offline = `SKIPPED: the npm registry cannot be reached (${(error satisfies InstallError).code}), so Next cannot be installed`
    console.warn(offline)
  })
}, 180_000)

describe.each(['turbopack', 'webpack'])('[case 50] Next with %s', (bundler) => {
  let child: Child | undefined
  beforeAll(async () => {
    if (offline !== undefined) return
    const { status, stdout, stderr } = spawnSync(execPath, [NEXT, 'build', `--${bundler}`], { cwd: root, env: environment, encoding: 'utf8' })
    expect(status, `${stdout}\n${stderr}`).toBe(0)
    expect(stdout).toContain('/api/mcp')
    child = startChild(execPath, [NEXT, 'start', '--port', '0', '--hostname', '127.0.0.1'], root)
  }, 180_000)
  afterAll(() => child?.close())

  test('the route serves clients of both eras', async ({ skip }) => {
    if (offline !== undefined || !child) return skip(offline)
    const url = `${new URL(await addressOf(child)).origin}/api/mcp`
    for (const revision of ERAS) {
      const client = await connect(httpAt(url), revision)
      await client.handshake()
      expect(await client.call('greet', { name: 'Ada' })).toMatchObject({ structuredContent: { greeting: 'Hello, Ada' } })
      expect(textOf(await client.call('count'))).toBe('counted')
    }
  })
})
