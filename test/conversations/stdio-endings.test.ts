/** However a server on stdio is to end, and whatever it has open, it ends in good order and leaves nothing behind. Runs the built packages. */
import { afterAll, describe, expect, test, vi } from 'vitest'
import { eachLine } from '../doors/lines.ts'
import { LOG_LEVEL, modernText, type Message } from '../doors/message.ts'
import { endPrograms, GANGWAY, isAlive, newNotes, programFile, startProgram, until, type Program } from '../doors/program.ts'

vi.setConfig({ testTimeout: 30_000, maxConcurrency: 6 })
afterAll(endPrograms)

const SERVER = programFile('ending-server.mjs')
const STARTING = programFile('starting-server.mjs')

const commands = {
  'a server': (load: string, notes: string) => [SERVER, load, notes],
  'gangway run': (load: string, notes: string) => [GANGWAY, 'run', SERVER, '--', load, notes],
  'gangway run --isolate-stdout': (load: string, notes: string) => [GANGWAY, 'run', '--isolate-stdout', SERVER, '--', load, notes],
}

/** Starts it where its parent can be killed while we still hold the other ends of its pipes. */
const UNDER_A_SHELL = ['-c', '"$@" <&3 & wait', 'sh', process.execPath]

interface Started {
  readonly program: Program
  readonly messages: Message[]
}

/** What brings the end about, and whether the client is still there to be answered. */
const endings: Readonly<Record<string, { end(started: Started): void; readonly deaf?: true }>> = {
  'the end of stdin': { end: ({ program }) => void program.stdin.end() },
  'a client that is gone (EPIPE)': {
    end: ({ program }) => {
      program.stdout.destroy()
      program.stdin.write(`${modernText('into the void', 'server/discover')}\n`)
    },
    deaf: true,
  },
  SIGTERM: { end: ({ program }) => program.kill('SIGTERM') },
  SIGINT: { end: ({ program }) => program.kill('SIGINT') },
  SIGHUP: { end: ({ program }) => program.kill('SIGHUP') },
  // The first leaves it with pipes that we hold the other ends of; with the second, all that it is connected to is gone at once.
  'the death of the shell that started it': { end: ({ program }) => program.kill('SIGKILL') },
  'the death of its host': { end: ({ program }) => program.kill('SIGKILL'), deaf: true },
}

const loads = ['nothing', 'a call in flight', 'an interval running', 'an open socket', 'a worker thread', 'a child process', 'a child in a shell', "a thread's child"]
/** How many processes those are that have any, once when the server starts and once in the call. */
const STARTED: Readonly<Record<string, number>> = { 'a child process': 2, 'a child in a shell': 4, "a thread's child": 2 }

function underParent(ending: string, args: readonly string[]): Program | undefined {
  if (ending === 'the death of its host') return startProgram(process.execPath, [programFile('host.mjs'), ...args])
  return ending === 'the death of the shell that started it' ? startProgram('sh', [...UNDER_A_SHELL, ...args], { input: 3 }) : undefined
}

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

/** Until every process is gone that it told of. */
async function gone({ program, children }: { readonly program: Program; readonly children: () => number[] }): Promise<number | string | null> {
  const outcome = await program.ended
  await until(() => !children().some(isAlive))
  return outcome
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

  test('with a call that never ends: it is aborted after the time to finish', async () => {
    const started = await start('a server', ending, 'nothing', ['hang'])
    end(started)
    expect(await gone(started)).toBe(outcome)
    expect(started.notes.lines().slice(1)).toEqual(['aborted', 'closed'])
    expect(started.messages.some(({ id }) => id === 'hang')).toBe(false)
  })

  test.each(['gangway run', 'gangway run --isolate-stdout'] as const)('under %s, with a child in a shell', async (command) => {
    const started = await start(command, ending, 'a child in a shell', ['wait'])
    end(started)
    expect(await gone(started)).toBe(outcome)
    expect(started.notes.lines().filter((line) => !/\d/.test(line))).toEqual(['closed'])
    if (!deaf) expect(started.messages.find(({ id }) => id === 'wait')).toMatchObject({ result: { content: [{ text: 'done' }] } })
    expect(started.children().length).toBe(5)
  })
})

describe.concurrent('and beyond', () => {
  test('a close hook that fails when nobody reads stderr any more is no reason to stay', async () => {
    const started = await start('a server', 'the death of its host', 'a hook that fails', [])
    started.program.kill('SIGKILL')
    await gone(started)
    expect(started.notes.lines().slice(1)).toEqual(['failing'])
  })

  test('a close hook that never ends is not waited for, beyond the time to finish and a second more', async () => {
    const started = await start('a server', 'the end of stdin', 'a hook that never ends', [])
    started.program.stdin.end()
    expect(await gone(started)).toBe(0)
    expect(started.notes.lines().slice(1)).toEqual([])
  })

  test('a second signal does not wait', async () => {
    const started = await start('a server', 'SIGTERM', 'a hook that never ends', [])
    started.program.kill('SIGTERM')
    await until(() => started.program.stderr().includes('closing'))
    await new Promise((resolve) => setTimeout(resolve, 200)) // It is no echo of the first.
    started.program.kill('SIGTERM')
    expect(await gone(started)).toBe(143)
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('a %s that comes twice at once, as by npx or timeout, is one', async (signal) => {
    const started = await start('a server', signal, 'nothing', ['wait'])
    started.program.kill(signal)
    started.program.kill(signal)
    expect(await gone(started)).toBe(0)
    expect(started.notes.lines().slice(1)).toEqual(['closed'])
  })

  test('a detached child is left alone', async () => {
    const started = await start('a server', 'the end of stdin', 'a detached child', [])
    started.program.stdin.end()
    expect(await started.program.ended).toBe(0)
    const [, child = 0] = started.children()
    expect(isAlive(child)).toBe(true)
    process.kill(child)
    await gone(started)
  })

  test('a second signal ends what a shell has started, too', async () => {
    const started = await start('a server', 'SIGTERM', 'a child in a shell', ['hang'])
    started.program.kill('SIGTERM')
    await new Promise((resolve) => setTimeout(resolve, 200)) // It is no echo of the first.
    started.program.kill('SIGTERM')
    expect(await gone(started)).toBe(143)
    expect(started.children().length).toBe(3)
  })

  test('a child that does not heed SIGTERM is ended, too', async () => {
    const started = await start('a server', 'the end of stdin', 'a child that will not end', [])
    started.program.stdin.end()
    expect(await gone(started)).toBe(0)
    expect(started.children().length).toBe(2)
  })
})

/** Not yet serving: its first words to the client are still to come. */
async function starting(command: 'a server' | 'gangway run' | 'gangway run --isolate-stdout', when: string, ending: string) {
  const notes = newNotes()
  const args = { 'a server': [], 'gangway run': [GANGWAY, 'run'], 'gangway run --isolate-stdout': [GANGWAY, 'run', '--isolate-stdout'] }[command]
  const words = [...args, STARTING, ...(args.length > 0 ? ['--'] : []), when, notes.file]
  const program = underParent(ending, words) ?? startProgram(process.execPath, words)
  const messages: Message[] = []
  eachLine(program.stdout, (line) => void messages.push(JSON.parse(line)))
  program.stdin.write(`${modernText('late', 'tools/call', { name: 'late' })}\n`)
  await until(() => notes.lines().includes('begun'))
  const children = () => notes.lines().flatMap((line) => /^pid (\d+)$/.exec(line)?.[1] ?? []).map(Number)
  return { program, messages, notes, children }
}

describe.concurrent.each(['a server', 'gangway run', 'gangway run --isolate-stdout'] as const)('%s that is still starting', (command) => {
  test.each(['the end of stdin', 'SIGTERM', 'SIGINT', 'SIGHUP', 'the death of its host'])('%s: it starts, answers, and ends in good order', async (ending) => {
    const started = await starting(command, 'starts in a while', ending)
    endings[ending]?.end(started)
    expect(await gone(started)).toBe(ending.startsWith('the death') ? 'SIGKILL' : 0)
    expect(started.notes.lines().at(-1)).toBe('closed')
    expect(started.children()).toHaveLength(2)
    if (!endings[ending]?.deaf) expect(started.messages).toMatchObject([{ id: 'late', result: { content: [{ text: 'in time' }] } }])
  })

  test.each([['SIGTERM', 143], ['SIGINT', 130], ['SIGHUP', 129]] as const)('and never will have: %s is not heeded for ever', async (signal, code) => {
    const started = await starting(command, 'starts for ever', signal)
    started.program.kill(signal)
    expect(await gone(started)).toBe(code)
    expect([started.children().length, started.messages]).toEqual([2, []])
  })

  if (command === 'a server') {
    test.each(['the end of stdin', 'the death of its host'])('and never will have: %s is the end, after the time to finish', async (ending) => {
      const started = await starting(command, 'starts for ever', ending)
      endings[ending]?.end(started)
      expect(await gone(started)).toBe(ending.startsWith('the death') ? 'SIGKILL' : 1)
      if (ending === 'the end of stdin') expect(started.program.stderr()).toContain('GANGWAY_E_START')
    })
  } else {
    test.each([['SIGTERM', 143], ['SIGINT', 130], ['the death of its host', 'SIGKILL'], ['the death of the shell that started it', 'SIGKILL']] as const)('loads its file for ever: %s ends it', async (ending, outcome) => {
      const started = await starting(command, 'loads for ever', ending)
      endings[ending]?.end(started)
      expect(await gone(started)).toBe(outcome)
      expect(started.children()).toHaveLength(2)
    })
  }
})
