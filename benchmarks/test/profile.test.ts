/** The summary of a CPU profile. */
import { describe, expect, test } from 'vitest'
import { partOf, profileTables, summarise } from '../src/report/profile.mjs'
import { regionsOf } from '../src/report/regions.mjs'

const frame = (functionName: string, url = '', lineNumber = 0) => ({ functionName, url, lineNumber })
const sourceOf = () => 'src/web/gate.ts'

describe('a function belongs to', () => {
  test.each([
    ['garbage collection', frame('(garbage collector)')],
    ['V8 and the system', frame('writev')],
    ['node:http', frame('end', 'node:_http_outgoing')],
    ['node:net and streams', frame('push', 'node:internal/streams/readable')],
    ['node: other', frame('nextTick', 'node:internal/process/task_queues')],
    ['zod', frame('parse', 'file:///x/node_modules/.pnpm/zod@4.6.7/node_modules/zod/v4/core/parse.js')],
    ['@hono/node-server', frame('serve', 'file:///x/node_modules/@hono/node-server/dist/index.js')],
    ['@gangway/core web/', frame('guard', 'file:///x/packages/core/dist/web.js')],
    ['the program', frame('echo', 'file:///x/benchmarks/src/contenders/gangway.mjs')],
  ])('%s', (part, it) => {
    expect(partOf(it, sourceOf)).toBe(part)
  })
})

test('regionsOf finds the source files in a bundle', () => {
  expect(regionsOf('import x\n//#region src/a.ts\ncode\n//#endregion\n//#region src/web/b.ts\n')).toEqual([
    { line: 1, source: 'src/a.ts' },
    { line: 4, source: 'src/web/b.ts' },
  ])
})

test('the time of a request is split by samples, without idle time', () => {
  const nodes = [
    { id: 1, callFrame: frame('(idle)') },
    { id: 2, callFrame: frame('end', 'node:_http_outgoing') },
    { id: 3, callFrame: frame('(garbage collector)') },
  ]
  const summary = summarise('ours', { nodes, samples: [1, 2, 3, 2], timeDeltas: [1000, 30, 10, 10] }, { answered: 10, cpu: 500 }, sourceOf)
  const [parts, functions] = profileTables(summary)
  expect(parts).toMatchObject({ title: 'ours: 50.0 µs per request', rows: [['node:http', '80%', '40.0'], ['garbage collection', '20%', '10.0']] })
  expect(functions!.rows[0]).toEqual(['end  node:http', '80%', '40.0'])
})
