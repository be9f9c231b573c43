/** Whatever a server prints, a client on stdio reads messages and nothing else. Runs the built packages. */
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { modernText, type Message } from '../harness/message.ts'
import { GANGWAY, newNotes, programFile, startProgram } from '../harness/program.ts'
import { textOf } from '../harness/server.ts'

vi.setConfig({ hookTimeout: 60_000 })

const SERVER = programFile('printing-server.mjs')
const source = readFileSync(SERVER, 'utf8').split('\n')
const toolName = (way: string): string => way.replaceAll(/[^\w.-]/g, '_')

/** Where each prints, from 1. */
const lines = new Map(source.flatMap((line, index) => (/^ {2}(['"])(.+?)\1: (async )?\(/.exec(line)?.[2] ? [[/^ {2}(['"])(.+?)\1/.exec(line)?.[2] as string, index + 1] as const] : [])))
const isolatedFrom = source.findIndex((line) => line.startsWith('const isolated'))
const inProcess = [...lines].filter(([, line]) => line < isolatedFrom).map(([way]) => way)
/** Where the program prints beside its tools. */
const beside = ['at import', 'at close', 'at exit']
const atEnd = beside.slice(1)

const commands = {
  'its own run()': { args: [SERVER], ways: [...inProcess, ...atEnd], atImport: false, wire: 0 },
  'gangway run': { args: [GANGWAY, 'run', SERVER], ways: [...inProcess, ...beside], atImport: true, wire: 0 },
  'gangway run --isolate-stdout': { args: [GANGWAY, 'run', '--isolate-stdout', SERVER], ways: [...lines.keys(), ...beside], atImport: true, wire: 1 },
}

interface Output {
  start(args: readonly string[]): readonly [command: string, args: readonly string[]]
  readonly failing: readonly string[]
  readonly endless?: readonly string[]
}

/** Node hands over a socket pair where it says pipe; a shell makes files and real pipes. Nobody can open a socket by name, so some fail there; a pipeline waits for the close of a file. */
const outputs: Readonly<Record<string, Output>> = {
  socket: { start: (args: readonly string[]) => [process.execPath, args], failing: ['/dev/stdout', 'a child that opens /dev/stdout'] },
  file: { start: (args: readonly string[]) => ['sh', ['-c', '"$@" > "$OUT"; cat "$OUT"', 'sh', process.execPath, ...args]], failing: ['/dev/stdout', 'a child that opens /dev/stdout'], endless: ['a pipeline into stdout'] },
  pipe: { start: (args: readonly string[]) => ['sh', ['-c', '{ "$@" 2>&1 1>&3 | cat >&2; } 3>&1 | cat', 'sh', process.execPath, ...args]], failing: [] },
}

describe.each(Object.keys(outputs))('stdout a %s', (kind) => {
  const { start, failing, endless = [] } = outputs[kind]!
  describe.concurrent.each(Object.entries(commands))('%s', (_name, { args, ways: all, atImport, wire }) => {
    const ways = wire === 1 ? all : all.filter((way) => !endless.includes(way))
    let stdout = ''
    let stderr = ''
    const tools = ways.filter((way) => !beside.includes(way))

    beforeAll(async () => {
      const [command, rest] = start(args)
      const program = startProgram(command, rest, { env: { OUT: newNotes().file, ...(wire === 1 && { ISOLATED: '1' }) } })
      for (const way of ['kinds', ...tools]) program.stdin.write(`${modernText(way, 'tools/call', { name: toolName(way) })}\n`)
      program.stdin.end()
      stdout = await text(program.stdout)
      await program.ended
      stderr = program.stderr()
    })

    /** Without what a run() of its own is too late for. */
    const wires = (): string => (atImport ? stdout : stdout.replace(/^<at import>\n/, ''))

    test('is a message', () => {
      const { result = {} } = JSON.parse(wires().split('\n').find((line) => line.includes('"id":"kinds"')) ?? '{}') as Message
      expect(String(textOf(result)).split(',')[wire]).toBe(kind)
    })

    test('the client gets the response of each call, and nothing else [S1]', () => {
      const messages = wires().trimEnd().split('\n').map((line) => JSON.parse(line) as Message)
      expect(messages.map(({ id }) => id).toSorted()).toEqual(['kinds', ...tools].toSorted())
      expect(messages.filter(({ result }) => result?.['isError'] !== undefined).map(({ id }) => id)).toEqual(tools.filter((way) => failing.includes(way)))
      expect(wires().endsWith('}\n')).toBe(true)
    })

    test.each(ways.filter((way) => way !== 'native code' && !failing.includes(way)))('text printed by %s is on stderr [S2]', (way) => {
      expect(stderr).toContain(`<${way}>`)
    })

    // Native code drops what a full socket does not accept, so any line of the report counts.
    if (wire === 1) test('text printed by native code is on stderr', () => expect(stderr).toMatch(/"(?:reportVersion|dumpEventTime|commandLine|nodejsVersion)"/))
    const named = ways.filter((way) => ![...beside, 'a dependency', 'a stream into stdout', 'a pipeline into stdout', "a worker's console.log", 'native code', "a worker's writeSync", '/dev/stdout', 'a file stream on 1'].includes(way))
    test.each(named)('the line that prints by %s is named', (way) => {
      expect(stderr).toContain(`${SERVER}:${lines.get(way)}:`)
    })

    test('a dependency that prints is named', () => {
      expect(stderr).toContain(`${programFile('printing-dependency.cjs')}:3:`)
    })
  })
})
