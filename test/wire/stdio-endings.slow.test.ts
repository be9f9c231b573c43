/** However a server on stdio is to end, and whatever it has open, it ends in good order and leaves nothing behind. Runs the built packages. */
import { describe, expect, test, vi } from 'vitest'
import { endings, gone, underParent } from '../harness/endings.ts'
import { eachLine } from '../harness/lines.ts'
import { LOG_LEVEL, modernText, type Message } from '../harness/message.ts'
import { GANGWAY, isAlive, newNotes, programFile, startProgram, until } from '../harness/program.ts'

vi.setConfig({ testTimeout: 30_000, maxConcurrency: 6 })

const SERVER = programFile('ending-server.mjs')

const commands = {
  'a server': (load: string, notes: string) => [SERVER, load, notes],
  'gangway run': (load: string, notes: string) => [GANGWAY, 'run', SERVER, '--', load, notes],
  'gangway run --isolate-stdout': (load: string, notes: string) => [GANGWAY, 'run', '--isolate-stdout', SERVER, '--', load, notes],
}

const loads = ['nothing', 'a call in flight', 'an interval running', 'an open socket', 'a worker thread', 'a child process', 'a child in a shell', "a thread's child"]
/** How many processes those are that have any, once when the server starts and once in the call. */
const STARTED: Readonly<Record<string, number>> = { 'a child process': 2, 'a child in a shell': 4, "a thread's child": 2 }

async function start(command: keyof typeof commands, ending: string, load: string, calls: readonly string[]) {
  const notes = newNotes()
  const args = commands[command](load, notes.file)
  const program = underParent(ending, args) ?? startProgram(process.execPath, args)
  const messages: Message[] = []
  eachLine(program.stdout, (line) => void messages.push(JSON.parse(line)))
  program.stdin.write(`${modernText('ready', 'server/discover')}\n`)
  for (const call of calls) program.stdin.write(`${modernText(call, 'tools/call', { name: call }, { [LOG_LEVEL]: 'error' })}\n`)
  await until(() => messages.some(({ id }) => id === 'ready') && messages.filter(({ method }) => method === 'notifications/message').length === calls.length)
  const children = () => notes.lines().flatMap((line) => /^(?:child|pid) (\d+)$/.exec(line)?.[1] ?? []).map(Number)
  return { program, messages, notes, children }
}

describe.concurrent.each(Object.entries(endings))('%s', (ending, { end, deaf }) => {
  const outcome = ending.startsWith('the death') ? 'SIGKILL' : 0 // That of the parent: nobody is told of its own.

  test.each(loads)('with %s', async (load) => {
    const started = await start('a server', ending, load, load === 'nothing' ? [] : ['wait'])
    end(started)
    expect(await gone(started)).toBe(outcome)
    expect(started.notes.lines().filter((line) => !/\d/.test(line))).toEqual(['closed'])
    if (!deaf && load !== 'nothing') expect(started.messages.find(({ id }) => id === 'wait')).toMatchObject({ result: { content: [{ text: 'done' }] } })
    expect(started.children().length).toBe(1 + (STARTED[load] ?? 0))
  })

  test('with a call that never ends: it is aborted after the drain time', async () => {
    const started = await start('a server', ending, 'nothing', ['hang'])
    end(started)
    expect(await gone(started)).toBe(outcome)
    expect(started.notes.lines().slice(1)).toEqual(['aborted', 'closed'])
    expect(started.messages.some(({ id }) => id === 'hang')).toBe(false)
  })

  test.each(['gangway run', 'gangway run --isolate-stdout'] as const)('under %s, with a child process in a shell', async (command) => {
    const started = await start(command, ending, 'a child in a shell', ['wait'])
    end(started)
    expect(await gone(started)).toBe(outcome)
    expect(started.notes.lines().filter((line) => !/\d/.test(line))).toEqual(['closed'])
    if (!deaf) expect(started.messages.find(({ id }) => id === 'wait')).toMatchObject({ result: { content: [{ text: 'done' }] } })
    expect(started.children().length).toBe(5)
  })
})

describe.concurrent('during shutdown', () => {
  test('a close hook that fails while nobody reads stderr does not delay the exit', async () => {
    const started = await start('a server', 'the death of its host', 'a hook that fails', [])
    started.program.kill('SIGKILL')
    await gone(started)
    expect(started.notes.lines().slice(1)).toEqual(['failing'])
  })

  test('a close hook that never finishes delays the exit by the drain time and one second', async () => {
    const started = await start('a server', 'the end of stdin', 'a hook that never ends', [])
    started.program.stdin.end()
    expect(await gone(started)).toBe(0)
    expect(started.notes.lines().slice(1)).toEqual([])
  })

  test('a second signal exits at once', async () => {
    const started = await start('a server', 'SIGTERM', 'a hook that never ends', [])
    started.program.kill('SIGTERM')
    await until(() => started.program.stderr().includes('closing'))
    await new Promise((resolve) => setTimeout(resolve, 200)) // It is no echo of the first.
    started.program.kill('SIGTERM')
    expect(await gone(started)).toBe(143)
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('a %s that arrives twice at once, as from npx or timeout, counts as one', async (signal) => {
    const started = await start('a server', signal, 'nothing', ['wait'])
    started.program.kill(signal)
    started.program.kill(signal)
    expect(await gone(started)).toBe(0)
    expect(started.notes.lines().slice(1)).toEqual(['closed'])
  })

  test('a detached child process keeps running', async () => {
    const started = await start('a server', 'the end of stdin', 'a detached child', [])
    started.program.stdin.end()
    expect(await started.program.ended).toBe(0)
    const [, child = 0] = started.children()
    expect(isAlive(child)).toBe(true)
    process.kill(child)
    await gone(started)
  })

  test('a second signal also kills the processes of a shell', async () => {
    const started = await start('a server', 'SIGTERM', 'a child in a shell', ['hang'])
    started.program.kill('SIGTERM')
    await new Promise((resolve) => setTimeout(resolve, 200)) // It is no echo of the first.
    started.program.kill('SIGTERM')
    expect(await gone(started)).toBe(143)
    expect(started.children().length).toBe(3)
  })

  test('a child process that ignores SIGTERM is killed', async () => {
    const started = await start('a server', 'the end of stdin', 'a child that will not end', [])
    started.program.stdin.end()
    expect(await gone(started)).toBe(0)
    expect(started.children().length).toBe(2)
  })
})
