/** Our packages, as the registry would have them, on every transport of each runtime that runs programs. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { startChild, type Child } from '../harness/child.ts'
import { closing } from '../harness/index.ts'
import { httpAt } from '../harness/http.ts'
import { NEWEST_LEGACY } from '../harness/message.ts'
import { sseAt } from '../harness/sse.ts'
import type { Served } from '../harness/wire.ts'
import { answers, endsInOrder, ERAS } from './conversation.ts'
import { addressOf } from './listening.ts'
import { missing, pathOf, type Runtime } from './runtimes.ts'
import { skipFor } from './skipping.ts'

const packed = inject('packed')
const directory = 'skipped' in packed ? '' : join(packed.directory, 'transports')

beforeAll(() => {
  if (directory) cpSync(fileURLToPath(new URL('programs', import.meta.url)), directory, { recursive: true })
})

const RUNTIMES: readonly [runtime: Runtime, args: readonly string[]][] = [
  ['node22', []],
  ['node24', []],
  ['node26', []],
  ['bun', []],
  ['deno', ['run', '--allow-all']],
]

describe.each(RUNTIMES)('%s', (runtime, args) => {
  const skipped = 'skipped' in packed ? packed.skipped : missing(runtime)
  skipFor(skipped)

  const open = (): Child => closing(startChild(pathOf(runtime), [...args, 'server.js'], directory))

  describe('stdio', () => {
    answers(open, ERAS)

    test('stops with its client', async () => {
      const child = open()
      child.process.stdin.end()
      expect([await child.ended, await child.stderr]).toEqual([0, ''])
    })
  })

  describe.each([
    ['http', httpAt, ERAS],
    ['sse', sseAt, [NEWEST_LEGACY]],
  ] as const)('%s', (transport, at, revisions) => {
    let served: Served
    let child: Child
    beforeAll(async () => {
      if (skipped) return
      child = startChild(pathOf(runtime), [...args, 'run.js', transport], directory)
      served = at(await addressOf(child))
    })
    afterAll(() => child?.close())
    answers(() => served, revisions)

    if (transport === 'http') {
      endsInOrder(() => served, () => {
        child.process.kill('SIGTERM')
        return child.ended
      })
    }
  })
})
