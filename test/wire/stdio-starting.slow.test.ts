/** However a server on stdio is to end, and though it has only begun to start or to load, it ends in good order and leaves nothing behind. Runs the built packages. */
import { describe, expect, test, vi } from 'vitest'
import { endings, gone, underParent } from '../harness/endings.ts'
import { eachLine } from '../harness/lines.ts'
import { modernText, type Message } from '../harness/message.ts'
import { GANGWAY, newNotes, programFile, startProgram, until } from '../harness/program.ts'

vi.setConfig({ testTimeout: 60_000, maxConcurrency: 6 })

const STARTING = programFile('starting-server.mjs')
const COMMANDS = { 'a server': [], 'gangway run': [GANGWAY, 'run'], 'gangway run --isolate-stdout': [GANGWAY, 'run', '--isolate-stdout'] } as const

/** Not yet serving: its first words to the client are still to come. */
async function starting(command: keyof typeof COMMANDS, when: string, ending: string) {
  const notes = newNotes()
  const args = COMMANDS[command]
  const words = [...args, STARTING, ...(args.length > 0 ? ['--'] : []), when, notes.file]
  const program = underParent(ending, words) ?? startProgram(process.execPath, words)
  const messages: Message[] = []
  eachLine(program.stdout, (line) => void messages.push(JSON.parse(line)))
  program.stdin.write(`${modernText('late', 'tools/call', { name: 'late' })}\n`)
  await until(() => notes.lines().includes('begun'))
  const children = () => notes.lines().flatMap((line) => /^pid (\d+)$/.exec(line)?.[1] ?? []).map(Number)
  return { program, messages, notes, children }
}

describe.concurrent.each(Object.keys(COMMANDS) as (keyof typeof COMMANDS)[])('%s that is still starting', (command) => {
  test.each(['the end of stdin', 'SIGTERM', 'SIGINT', 'SIGHUP', 'the death of its host'])('%s: it finishes its start, responds, and shuts down gracefully', async (ending) => {
    const started = await starting(command, 'starts in a while', ending)
    endings[ending]?.end(started)
    expect(await gone(started)).toBe(ending.startsWith('the death') ? 'SIGKILL' : 0)
    expect(started.notes.lines().at(-1)).toBe('closed')
    expect(started.children()).toHaveLength(2)
    if (!endings[ending]?.deaf) expect(started.messages).toMatchObject([{ id: 'late', result: { content: [{ text: 'in time' }] } }])
  })

  test.each([['SIGTERM', 143], ['SIGINT', 130], ['SIGHUP', 129]] as const)('and never finishes: %s exits after a while', async (signal, code) => {
    const started = await starting(command, 'starts for ever', signal)
    started.program.kill(signal)
    expect(await gone(started)).toBe(code)
    expect([started.children().length, started.messages]).toEqual([2, []])
  })

  if (command === 'a server') {
    test.each(['the end of stdin', 'the death of its host'])('and never finishes: %s exits after the drain time', async (ending) => {
      const started = await starting(command, 'starts for ever', ending)
      endings[ending]?.end(started)
      expect(await gone(started)).toBe(ending.startsWith('the death') ? 'SIGKILL' : 1)
      if (ending === 'the end of stdin') expect(started.program.stderr()).toContain('GANGWAY_E_START')
    })
  } else {
    test.each([['SIGTERM', 143], ['SIGINT', 130], ['the death of its host', 'SIGKILL'], ['the death of the shell that started it', 'SIGKILL']] as const)('and loads its file endlessly: %s exits', async (ending, outcome) => {
      const started = await starting(command, 'loads for ever', ending)
      endings[ending]?.end(started)
      expect(await gone(started)).toBe(outcome)
      expect(started.children()).toHaveLength(2)
    })
  }
})
