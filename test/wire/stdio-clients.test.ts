/** The official clients and the shell as hosts of a server on stdio: they get their answers, and nothing is left running. Runs the built packages. */
import { Client as ModernClient } from '@modelcontextprotocol/client'
import { StdioClientTransport as ModernStdio } from '@modelcontextprotocol/client/stdio'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { text } from 'node:stream/consumers'
import { describe, expect, test, vi } from 'vitest'
import { modernText } from '../harness/message.ts'
import { GANGWAY, isAlive, newNotes, programFile, startProgram, until } from '../harness/program.ts'

vi.setConfig({ testTimeout: 30_000 })

const SERVER = programFile('ending-server.mjs')
const info = { name: 'suite', version: '1.0.0' }
const node = { command: process.execPath, stderr: 'ignore' as const }

/** What both have in common; each ends a process as its own release does. */
interface Host {
  call(name: string): Promise<unknown>
  close(): Promise<void>
}

const hosts: Readonly<Record<string, (args: string[]) => Promise<Host>>> = {
  '1.x': async (args) => {
    const client = new Client(info)
    await client.connect(new StdioClientTransport({ ...node, args }))
    return { call: (name) => client.callTool({ name }), close: () => client.close() }
  },
  '2.x': async (args) => {
    const client = new ModernClient(info)
    await client.connect(new ModernStdio({ ...node, args }))
    return { call: (name) => client.callTool({ name }), close: () => client.close() }
  },
  '2.x, in the modern era': async (args) => {
    const client = new ModernClient(info, { versionNegotiation: { mode: 'auto' } })
    await client.connect(new ModernStdio({ ...node, args }))
    return { call: (name) => client.callTool({ name }), close: () => client.close() }
  },
}

const commands: Readonly<Record<string, (load: string, notes: string) => string[]>> = {
  'a server': (load, notes) => [SERVER, load, notes],
  'gangway run --isolate-stdout': (load, notes) => [GANGWAY, 'run', '--isolate-stdout', SERVER, '--', load, notes],
}

describe.concurrent.each(Object.entries(hosts))('the official client %s', (_, connect) => {
  describe.each(Object.entries(commands))('of %s', (_name, command) => {
    test.each(['an interval running', 'a worker thread', 'a child process', 'a child that will not end'])('leaves no process running, with %s', async (load) => {
      const notes = newNotes()
      const host = await connect(command(load, notes.file))
      expect(await host.call('wait')).toMatchObject({ content: [{ text: 'done' }] })
      const hanging = host.call('hang').catch(() => 'cut off')
      await host.close()
      expect(await hanging).toBe('cut off')
      const pids = (): number[] => notes.lines().flatMap((line) => /^(?:child|pid) (\d+)$/.exec(line)?.[1] ?? []).map(Number)
      await until(() => !pids().some(isAlive))
      expect(pids().length).toBeGreaterThanOrEqual(load.startsWith('a child') ? 3 : 1) // One more where the client first tries which era it is.
      expect(notes.lines().at(-1)).toBe('closed')
    })
  })
})

describe.concurrent.each(Object.entries(commands))('printf … | %s', (_, command) => {
  test('gets its responses [S5]', async () => {
    const messages = [modernText('called', 'tools/call', { name: 'wait' }), modernText('asked', 'server/discover')]
    const program = startProgram('sh', ['-c', 'printf \'%s\\n\' "$ONE" "$TWO" | "$@"', 'sh', process.execPath, ...command('nothing', newNotes().file)], { env: { ONE: messages[0] ?? '', TWO: messages[1] ?? '' } })
    const lines = (await text(program.stdout)).trimEnd().split('\n').map((line) => JSON.parse(line))
    expect(lines).toMatchObject([{ id: 'asked', result: {} }, { id: 'called', result: { content: [{ text: 'done' }] } }])
    expect(await program.ended).toBe(0)
  })
})
