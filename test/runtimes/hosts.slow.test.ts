/** Each host of docs/hosts.md, started from what that page shows. Next has a test file of its own. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { build } from 'tsdown'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { startChild, type Child } from '../harness/child.ts'
import { httpAt } from '../harness/http.ts'
import type { Served } from '../harness/wire.ts'
import { answersHttp, endsInOrder } from './conversation.ts'
import { addressOf } from './listening.ts'
import { missing, pathOf, type Runtime } from './runtimes.ts'
import { skipFor } from './skipping.ts'

const packed = inject('packed')
const directory = 'skipped' in packed ? '' : join(packed.directory, 'hosts')
const page = readFileSync(new URL('../../docs/hosts.md', import.meta.url), 'utf8')
/** The snippets, by the names of their files. */
const snippets = new Map([...page.matchAll(/^```js\n\/\/ (\S+)\n(.+?)^```$/gms)].map(([, name, text]) => [name!, text!]))

interface Host {
  readonly runtime?: Runtime
  readonly args: readonly string[]
  /** Tells where it listens, where nothing else does. */
  readonly says?: string
  /** Whether it ends when it is asked to. */
  readonly ends?: true
}

const HOSTS: Readonly<Record<string, Host>> = {
  'fastify.js': { args: ['fastify.js'], ends: true, says: 'console.log(app.listeningOrigin)' },
  'express.js': { args: ['express.js'], ends: true, says: "listening.once('listening', () => console.log(`http://127.0.0.1:${listening.address().port}`))" },
  'bun.js': { runtime: 'bun', args: ['bun.js'], ends: true, says: 'console.log(listening.url.href)' },
  'deno.js': { runtime: 'deno', args: ['run', '--allow-all', 'deno.js'], ends: true },
  'worker.js': { runtime: 'workerd', args: ['serve', '--control-fd=1', 'workerd.capnp'] },
  'hono.js': { runtime: 'deno', args: ['serve', '--allow-all', '--port=0', 'hono.js'] },
}

test('every host on the page is tested here', () => {
  expect([...snippets.keys()].toSorted()).toEqual(Object.keys(HOSTS).toSorted())
})

beforeAll(async () => {
  if (!directory) return
  cpSync(fileURLToPath(new URL('programs', import.meta.url)), directory, { recursive: true })
  for (const [name, { says = '' }] of Object.entries(HOSTS)) {
    const text = snippets.get(name)!
    const path = join(directory, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `${text.replace('8000', '0').replace('api.example.com', '127.0.0.1')}\n${says}`)
  }
  // As one module: the configuration of workerd names each.
  await build({ cwd: directory, config: false, entry: 'worker.js', platform: 'neutral', deps: { alwaysBundle: [/./], onlyBundle: false }, outputOptions: { codeSplitting: false }, dts: false, logLevel: 'warn' })
})

describe.each(Object.entries(HOSTS))('%s', (_name, { runtime, args, ends }) => {
  const skipped = 'skipped' in packed ? packed.skipped : runtime && missing(runtime)
  let served: Served
  let child: Child
  skipFor(skipped)
  beforeAll(async () => {
    if (skipped) return
    child = startChild(runtime ? pathOf(runtime) : execPath, args, directory)
    served = httpAt(await addressOf(child))
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
