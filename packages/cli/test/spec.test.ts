/** `file:export`, taken apart. */
import { expect, test } from 'vitest'
import { parseSpec } from '../src/load/file-spec.ts'

test.each([
  ['server.ts', 'server.ts', undefined],
  ['server.ts:mcp', 'server.ts', 'mcp'],
  ['server.ts#mcp', 'server.ts', 'mcp'],
  ['./dir.d/server.ts:servers.weather', './dir.d/server.ts', 'servers.weather'],
  ['server.ts:$größe_1', 'server.ts', '$größe_1'],
  ['C:\\work\\server.ts', 'C:\\work\\server.ts', undefined],
  ['C:\\work\\server.ts:app', 'C:\\work\\server.ts', 'app'],
  ['c:/code/server.ts#app', 'c:/code/server.ts', 'app'],
  ['C:server.ts', 'C:server.ts', undefined],
  ['a:b/server.ts', 'a:b/server.ts', undefined],
  ['there:is.ts', 'there:is.ts', undefined],
  ['there:is.ts:app', 'there:is.ts', 'app'],
  ['server.ts:', 'server.ts:', undefined],
  ['server.ts:not-a-name', 'server.ts:not-a-name', undefined],
  [':app', ':app', undefined],
  ['', '', undefined],
])('%j', (spec, path, exportName) => {
  expect(parseSpec(spec, (file) => file === 'there:is.ts')).toEqual({ path, exportName })
})
