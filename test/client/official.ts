/** Servers of others, and what those of programs/official-1.mjs and official-2.mjs offer, as a client of ours must see it, whatever is between the two. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Client, ClientOptions, LogMessage, ProgressReport } from '@gangway/core/client'
import { expect } from 'vitest'
import { afterTest } from '../harness/cleanup.ts'

export const SDK_1 = fileURLToPath(new URL('../programs/official-1.mjs', import.meta.url))
export const SDK_2 = fileURLToPath(new URL('../programs/official-2.mjs', import.meta.url))
export const EVERYTHING = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/dist/index.js')

/** Starts a program that serves on a port, and resolves with its address. */
export async function served(program: string, argument: string): Promise<string> {
  const child = spawn(process.execPath, ['--import', new URL('../programs/announce.mjs', import.meta.url).href, program, argument], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(child, 'exit')
  afterTest(async () => (child.kill('SIGKILL'), ended))
  const port = await new Promise<string>((resolve, reject) => {
    let log = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text
      const [, announced] = /announced: port (\d+)/.exec(log) ?? []
      if (announced) resolve(announced)
    })
    child.once('exit', () => reject(new Error(`${program} did not serve: ${log}`)))
  })
  return `http://127.0.0.1:${port}`
}

export async function offersAll(client: Client): Promise<void> {
  expect((await client.listTools()).map(({ name }) => name)).toEqual(['add', 'fail', 'count', 'ask', 'grow', 'wait', 'write', 'sell'])
  expect(await client.callTool('add', { a: 1, b: 2 })).toMatchObject({ structuredContent: { sum: 3 } })
  expect(await client.callTool('fail')).toMatchObject({ isError: true, content: [{ text: 'Out of stock' }] })
  expect(await client.listResources()).toMatchObject([{ uri: 'shop://stock' }])
  expect(await client.readResource('shop://orders/1')).toMatchObject({ contents: [{ text: 'an order' }] })
  expect(await client.getPrompt('gift', { person: 'Ann' })).toMatchObject({ messages: [{ content: { text: 'A gift for Ann' } }] })
  expect(await client.complete({ template: 'shop://orders/{order}' }, { name: 'order', value: '' })).toMatchObject({ values: ['1', '2'] })
}

/** Progress, log messages, a question, and a call that is given up. `open` connects with these options. */
export async function talks(open: (options: ClientOptions) => Promise<Client>): Promise<Client> {
  const reports: ProgressReport[] = []
  const logs: LogMessage[] = []
  const client = await open({
    onLog: (message) => logs.push(message),
    elicit: ({ message }) => ({ action: 'accept', content: { yes: message === 'Sure?' } }),
    sample: () => ({ role: 'assistant', content: { type: 'text', text: 'Ho' }, model: 'm-1' }),
  })
  await client.callTool('count', {}, { onProgress: (report) => reports.push(report) })
  expect(reports.map(({ progress }) => progress)).toEqual([1, 2, 3])
  await expect.poll(() => logs.map(({ data }) => data)).toEqual(['counted'])
  expect(await client.callTool('ask')).toMatchObject({ content: [{ text: '{"yes":true}' }] })
  await expect(client.callTool('wait', {}, { timeout: 50 })).rejects.toMatchObject({ code: 'GANGWAY_E_TIMEOUT' })
  expect(await client.callTool('add', { a: 1, b: 2 })).toMatchObject({ structuredContent: { sum: 3 } })
  return client
}
