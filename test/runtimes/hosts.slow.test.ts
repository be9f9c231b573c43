/** Each host of docs/hosts.md, started from what that page shows. */
import { mkdirSync, readFileSync, writeFileSync, cpSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { build } from 'tsdown'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import type { Child } from '../doors/child.ts'
import { httpAt } from '../doors/http.ts'
import type { Served } from '../doors/wire.ts'
import { answersHttp, endsInOrder } from './conversation.ts'
import { listening } from './listening.ts'
import { missing, pathOf, type Runtime } from './runtimes.ts'

const packed = inject('packed')
const directory = 'skipped' in packed ? '' : join(packed.directory, 'hosts')
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
/** The snippets that begin with a file's name, by it; and the one without, which ends them. */
const page = read('../../docs/hosts.md')
const snippets = new Map([...page.matchAll(/^```js\n(?:\/\/ (\S+)\n)?(.+?)^```$/gms)].map(([, name = 'end', text]) => [name, text!]))

interface Host {
  readonly runtime?: Runtime
  readonly args: readonly string[]
  /** What stands in the snippet, and what has to be there to learn of a free port. */
  readonly replace?: readonly [string, string]
  /** Where its handler has to be asked to close, which the page shows only once. */
  readonly ends?: true
}

const HOSTS: Readonly<Record<string, Host>> = {
  'fastify.js': { args: ['fastify.js'], replace: ['await app.listen({ port: 8000 })', 'console.log(await app.listen({ port: 0 }))'] },
  'express.js': { args: ['express.js'], ends: true, replace: ["listen(8000, '127.0.0.1')", "listen(0, '127.0.0.1', function () { console.log(`http://127.0.0.1:${this.address().port}/`) })"] },
  'bun.js': { runtime: 'bun', args: ['bun.js'], ends: true },
  'deno.js': { runtime: 'deno', args: ['run', '--allow-all', 'deno.js'], ends: true },
  'worker.js': { runtime: 'workerd', args: ['serve', '--control-fd=1', 'workerd.capnp'] },
  'hono.js': { runtime: 'deno', args: ['serve', '--allow-all', '--port=0', 'hono.js'], ends: true },
  'app/mcp/route.js': { runtime: 'deno', args: ['serve', '--allow-all', '--port=0', 'next.js'] },
}

test('all that the page shows is tried here', () => {
  expect([...snippets.keys()].toSorted()).toEqual([...Object.keys(HOSTS), 'end'].toSorted())
})

beforeAll(async () => {
  if (!directory) return
  cpSync(fileURLToPath(new URL('programs', import.meta.url)), directory, { recursive: true })
  for (const [name, { replace: [shown, used] = ['8000', '0'], ends }] of Object.entries(HOSTS)) {
    const text = snippets.get(name)!
    const path = join(directory, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, [text.replace(shown, used).replace('api.example.com', '127.0.0.1'), ends && snippets.get('end')].join('\n'))
  }
  // As one module: the configuration of workerd names each.
  await build({ cwd: directory, config: false, entry: 'worker.js', platform: 'neutral', deps: { alwaysBundle: [/./], onlyBundle: false }, outputOptions: { codeSplitting: false }, dts: false, logLevel: 'warn' })
})

describe.each(Object.entries(HOSTS))('%s', (name, { runtime, args, ends }) => {
  const skipped = 'skipped' in packed ? packed.skipped : runtime && missing(runtime)
  let served: Served
  let child: Child
  beforeEach(({ skip }) => {
    if (skipped) skip(skipped)
  })
  beforeAll(async () => {
    if (skipped) return
    const started = await listening(directory, runtime ? pathOf(runtime) : execPath, args)
    child = started.child
    served = httpAt(new URL('/mcp', started.url).href)
  })
  afterAll(() => child?.close())

  answersHttp(() => served)
  if (ends) {
    endsInOrder(() => served, () => {
      child.process.kill('SIGTERM')
      return child.ended
    })
  }
})
