/** The declarations of the packages, read by the oldest TypeScript that they support, without `skipLibCheck`. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, inject, test } from 'vitest'
import { skipFor } from './skipping.ts'

const packed = inject('packed')
const installed = fileURLToPath(new URL('node_modules', import.meta.url))
const compilers = { '5.4': join(installed, 'typescript-oldest/bin/tsc'), '5.9': join(installed, 'typescript/bin/tsc') }
const skipped = 'skipped' in packed ? packed.skipped : existsSync(compilers['5.4']) ? undefined : 'SKIPPED: the compilers are not installed'
const folder = 'skipped' in packed ? '' : join(packed.directory, 'types')
skipFor(skipped)
afterAll(() => folder && rmSync(folder, { recursive: true, force: true }))

const PROGRAM = `
  import { bearer } from '@gangway/auth'
  import { McpServer, isMain, text, tool } from '@gangway/core'
  import { Connection } from '@gangway/core/transport'
  import { connect as connectTo } from '@gangway/core/client'
  import { proxy } from '@gangway/core/proxy'
  import { connectInMemory } from '@gangway/core/testing'
  import * as web from '@gangway/core/web'
  import { http, mcpHttp } from '@gangway/transport-http'
  import { httpClient } from '@gangway/transport-http/client'
  import { fetchHandler } from '@gangway/transport-http/fetch'
  import { nodeHandler } from '@gangway/transport-http/node'
  import { sse } from '@gangway/transport-sse'
  import { sseClient } from '@gangway/transport-sse/client'
  import { stdio } from '@gangway/transport-stdio'
  import { stdioClient } from '@gangway/transport-stdio/client'
  import { z } from 'zod'
  export const all = [bearer, isMain, text, tool, connectTo, Connection, proxy, web, http, mcpHttp, httpClient, fetchHandler, nodeHandler, sse, sseClient, stdio, stdioClient]
  const server = new McpServer({ name: 'shop', version: '1.0.0' })
    .tool('add', { input: { a: z.number() }, output: { sum: z.number() } }, ({ a }) => ({ sum: a }))
    .resource('shop://{item}', {}, ({ item }) => item)
    .prompt('greet', { args: { name: z.string() } }, ({ name }) => name)
  export const sum = async (): Promise<number> => (await (await connectInMemory(server)).call.add({ a: 1 })).sum
  // @ts-expect-error The types are read, and not taken for any.
  server.tool('wrong', { output: { sum: z.number() } }, () => ({ sum: 'x' }))`

test.each(Object.entries(compilers))('[case 37] TypeScript %s', (version, compiler) => {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'program.ts')
  writeFileSync(file, PROGRAM)
  expect(spawnSync(execPath, [compiler, '--version'], { encoding: 'utf8' }).stdout).toContain(`Version ${version}.`)
  const { status, stdout } = spawnSync(execPath, [compiler, '--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2022', '--module', 'nodenext', '--types', 'node', file], { cwd: folder, encoding: 'utf8' })
  expect([status, stdout]).toEqual([0, ''])
})
