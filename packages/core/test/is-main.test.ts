/** `isMain` against stand-ins for the process around it; test/runtimes/runners.slow.test.ts has the real ones. */
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { isMain } from '../src/process/is-main.ts'

const directory = mkdtempSync(join(realpathSync(tmpdir()), 'gangway-main-'))
const program = join(directory, 'a program.mjs')
const other = join(directory, 'other.mjs')
const link = join(directory, 'link.mjs')
beforeAll(() => {
  for (const path of [program, other]) writeFileSync(path, '')
  symlinkSync(program, link)
})
afterAll(() => rmSync(directory, { recursive: true }))
afterEach(() => vi.unstubAllGlobals())

/** Pretends that a process was started with these arguments and variables. */
function startedWith(entry: string | undefined, env: Record<string, string> = {}, changes: object = {}): void {
  const { getBuiltinModule, version } = process
  vi.stubGlobal('process', { getBuiltinModule, version, argv: ['node', ...(entry === undefined ? [] : [entry])], env, ...changes })
}
const url = (path: string): string => pathToFileURL(path).href
const PM2 = '/usr/lib/node_modules/pm2/lib'

test('[case 56] without an argument, the error names it', () => {
  expect(() => (isMain as (meta?: unknown) => boolean)()).toThrow(expect.objectContaining({ code: 'GANGWAY_E_MAIN', message: expect.stringContaining('isMain(import.meta)') }))
})

describe('[case 29] isMain', () => {
  test.each([
    ['the program', program, {}],
    ['the program, named by a link', link, {}],
    ['PM2 in fork mode', `${PM2}/ProcessContainerFork.js`, { pm_exec_path: program }],
    ['PM2 in cluster mode', `${PM2}/ProcessContainer.js`, { pm_exec_path: program }],
    ['PM2 on Bun', `${PM2}/ProcessContainerForkBun.js`, { pm_exec_path: program }],
  ])('%s: true for the program, false for another module', (_name, entry, env) => {
    startedWith(entry, env)
    for (const main of [undefined, false]) {
      expect(isMain({ url: url(program), main })).toBe(true)
      expect(isMain({ url: url(other), main })).toBe(false)
    }
  })

  test('a link that the runtime does not resolve', () => {
    startedWith(link)
    expect(isMain({ url: url(link) })).toBe(true)
  })

  test('a child process of a program under PM2 is not that program', () => {
    startedWith(other, { pm_exec_path: program })
    expect([isMain({ url: url(program) }), isMain({ url: url(other) })]).toEqual([false, true])
  })

  test('the value of the runtime is used', () => {
    startedWith(undefined)
    expect(isMain({ url: 'https://example.com/server.ts', main: true })).toBe(true)
  })

  test.each([
    ['no process', () => vi.stubGlobal('process', undefined)],
    ['no program', () => startedWith(undefined)],
  ])('%s: false, whatever the URL', (_name, start) => {
    start()
    for (const meta of [{}, { url: url(program) }, { url: 'data:text/javascript,' }]) expect(isMain(meta)).toBe(false)
  })
})

describe('[case 56] isMain() throws if it cannot tell', () => {
  test.each([
    ['no URL', program, {}, 'server.run()'],
    ['a data: URL', program, { url: 'data:text/javascript,' }, 'import.meta.url'],
    ['vite-node without --script', '/app/node_modules/.bin/vite-node', { url: url(program) }, '--script'],
  ])('%s', (_name, entry, meta, advice) => {
    startedWith(entry)
    expect(() => isMain(meta)).toThrow(expect.objectContaining({ code: 'GANGWAY_E_MAIN', message: expect.stringContaining(advice) }))
  })

  test('a module of a Next application is never the program', () => {
    startedWith(program, { NEXT_RUNTIME: 'nodejs' })
    expect(isMain({})).toBe(false)
  })
})

test('[case 40] a Node.js without getBuiltinModule is reported by run()', () => {
  startedWith(program, {}, { getBuiltinModule: undefined })
  expect(isMain({ url: url(program) })).toBe(true)
})
