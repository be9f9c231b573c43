/** `gangway run --reload`: edits reach clients that stay connected, and what does not load changes nothing for them. */
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { Watcher } from '../src/reload/watcher.ts'
import { gangway, initialize, post, project } from './gangway.ts'
import { edited, OURS, saying } from './reloaded-process.ts'

const options = { timeout: 60_000 }

const word = (text: string, rest = ''): string => `export const word = '${text}'\n${rest}\n`
const route = (path: string, text: string): string => `.route({ method: 'GET', path: '${path}' }, () => new Response('${text}'))`

/** A package of the workspace that is not compiled, and its link. */
const lib = (files: Readonly<Record<string, string>>) => ({
  files: { 'packages/lib/package.json': JSON.stringify({ name: 'lib', type: 'module', exports: './index.ts' }), ...files },
  prepare: (folder: string) => symlinkSync(join(folder, 'packages/lib'), join(folder, 'node_modules/lib'), 'junction'),
})
const index = (text: string): string => `enum Word { It = '${text}' }\nexport const word: string = Word.It\n`

const WAYS = [
  { transport: 'stdio', revision: '2025-11-25' },
  { transport: 'stdio', revision: '2026-07-28' },
  { transport: 'http', revision: '2025-11-25' },
  { transport: 'http', revision: '2026-07-28' },
  { transport: 'sse', revision: '2024-11-05' },
] as const

describe.concurrent.each(WAYS)('on $transport, for a client of $revision', options, (way) => {
  test('the next call runs the new code, and changed lists are announced', async ({ onTestFinished }) => {
    const { client, edit, untilSays } = await edited(onTestFinished, { 'server.mjs': saying("'old'") }, way)
    const news = (await client.listen({ toolsListChanged: true, promptsListChanged: true }))[Symbol.asyncIterator]()
    edit('server.mjs', saying("'new'", { chain: ".tool('more', {}, () => 'ok')" }))
    await untilSays('new')
    expect((await client.listTools()).map(({ name }) => name)).toEqual(['say', 'more'])
    expect((await news.next()).value).toEqual({ list: 'tools' })
    edit('server.mjs', saying("'newer'", { chain: ".tool('more', {}, () => 'ok').prompt('p', {}, () => 'ok')" }))
    expect((await news.next()).value).toEqual({ list: 'prompts' })
  })

  test('a call in flight finishes with its code', async ({ onTestFinished }) => {
    const slow = ".tool('slow', {}, () => new Promise((resolve) => { globalThis.go = () => resolve('old') }))"
    const { client, edit, untilSays } = await edited(onTestFinished, { 'server.mjs': saying("typeof globalThis.go", { chain: slow }) }, way)
    const call = client.callTool('slow')
    await untilSays('function')
    edit('server.mjs', saying("(globalThis.go(), 'new')", { chain: ".tool('slow', {}, () => 'new')" }))
    await untilSays('new')
    expect(await call).toMatchObject({ content: [{ text: 'old' }] })
    expect(await client.callTool('slow')).toMatchObject({ content: [{ text: 'new' }] })
  })
})

describe.concurrent('a file that does not load keeps the old code and logs the reason, and is loaded once fixed', options, () => {
  const files = { 'server.mjs': saying('word', { head: "import { word } from './word.mjs'" }), 'word.mjs': word('old') }

  test.for<[string, string, RegExp]>([
    ['a syntax error', word('new', 'const = 1'), /GANGWAY_E_SYNTAX|word\.mjs:2:7/],
    ['a throw', word('new', "throw new Error('boo')"), /boo[^"]*word\.mjs:2:7/],
    ['process.exit', word('new', 'process.exit(3)'), /called process\.exit\(3\) while loading[^"]*word\.mjs:2/],
    ['exit, by its name', `import { exit } from 'node:process'\n${word('new', 'exit()')}`, /called process\.exit\(\) while loading/],
    ['an unhandled rejection', word('new', "Promise.reject(new Error('stray'))\nawait new Promise((resolve) => setTimeout(resolve, 50))"), /server\.mjs threw while loading: stray/],
    ['a throw in a timer', word('new', "setTimeout(() => { throw new Error('late') })\nawait new Promise((resolve) => setTimeout(resolve, 50))"), /threw while loading: late/],
    ['an import that is missing', word('new', "import './nowhere.mjs'"), /word\.mjs imports [^"]*nowhere\.mjs, which does not exist/],
    ['a package that is missing', word('new', "import 'no-such-package'"), /imports no-such-package, which is not installed/],
    ['an export that is missing', "export const other = 'new'\n", /does not provide an export named 'word'/],
  ])('%s', async ([_, broken, message], { onTestFinished }) => {
    const { edit, says, untilSays, log } = await edited(onTestFinished, files)
    edit('word.mjs', broken)
    await log.until(message)
    await log.until(/[Kk]eeping the previous version/)
    expect(await says()).toBe('old')
    edit('word.mjs', word('mended'))
    await untilSays('mended')
  })

  test.for<[string, string, RegExp]>([
    ['no server', 'export const nothing = 1\n', /server\.mjs exports no server, only nothing \(number\)/],
    ['a factory that throws', "export default () => { throw new Error('no factory') }\n", /no factory/],
    ['onStart that throws', saying("'new'", { chain: ".onStart(() => { throw new Error('no database') })" }), /threw while starting: no database[^"]*server\.mjs:3/],
  ])('%s', async ([_, broken, message], { onTestFinished }) => {
    const { edit, says, untilSays, log } = await edited(onTestFinished, { 'server.mjs': saying("'old'") })
    edit('server.mjs', broken)
    await log.until(message)
    expect(await says()).toBe('old')
    edit('server.mjs', saying("'mended'"))
    await untilSays('mended')
  })

  test.for<[string, string]>([
    ['an await that never ends', saying("'new'", { tail: 'await new Promise(() => {})' })],
    ['onStart that never ends', saying("'new'", { chain: '.onStart(() => new Promise(() => {}))' })],
  ])('%s', async ([_, broken], { onTestFinished }) => {
    const { edit, says, untilSays, log } = await edited(onTestFinished, { 'server.mjs': saying("'old'") })
    edit('server.mjs', broken)
    await log.until(/server\.mjs is still loading/)
    expect(await says()).toBe('old')
    edit('server.mjs', saying("'mended'"))
    await untilSays('mended')
  })

  test('a missing file is loaded as soon as it exists', async ({ onTestFinished }) => {
    const { edit, untilSays, log } = await edited(onTestFinished, files)
    edit('word.mjs', "export { word } from './later.mjs'\n")
    await log.until(/later\.mjs, which does not exist/)
    edit('later.mjs', word('late'))
    await untilSays('late')
  })
})

describe.concurrent('it watches', options, () => {
  const enums = `import { McpServer } from '@gangway/core'\nimport { word } from './word.js'\nenum Mark { End = '!' }\nexport default new McpServer({ name: 'edited', version: '1.0.0' }).tool('say', {}, () => word + Mark.End)\n`

  test.for<[string, Record<string, string>, string, (text: string) => string, string]>([
    ['CommonJS that a module imports', { 'server.mjs': saying('word', { head: "import word from './word.cjs'" }) }, 'word.cjs', (text: string) => `module.exports = '${text}'\n`, ''],
    ['CommonJS that CommonJS requires', { 'server.cjs': "const { McpServer } = require('@gangway/core')\nmodule.exports = new McpServer({ name: 'edited', version: '1.0.0' }).tool('say', {}, () => require('./word.cjs'))\n" }, 'word.cjs', (text: string) => `module.exports = '${text}'\n`, ''],
    ['TypeScript', { 'server.ts': saying('word as string', { head: "import { word } from './word.ts'" }), 'package.json': '{"type":"module"}' }, 'word.ts', (text: string) => `export const word: string = '${text}'\n`, ''],
    ['TypeScript that Node cannot strip', { 'server.ts': enums }, 'word.ts', (text: string) => `export const word: string = '${text}'\n`, '!'],
    ['CommonJS behind TypeScript that Node cannot strip', { 'server.ts': enums.replace('{ word }', 'word').replace('word.js', 'word.cjs') }, 'word.cjs', (text: string) => `module.exports = '${text}'\n`, '!'],
    ['JSON', { 'server.mjs': saying('word', { head: "import { createRequire } from 'node:module'\nconst { word } = createRequire(import.meta.url)('./word.json')" }) }, 'word.json', (text: string) => JSON.stringify({ word: text }), ''],
    ['imports of a factory', { 'server.mjs': `export default async () => { const { word } = await import('./word.mjs'); return (await import('./made.mjs')).made(word) }\n`, 'made.mjs': "import { McpServer } from '@gangway/core'\nexport const made = (word) => new McpServer({ name: 'edited', version: '1.0.0' }).tool('say', {}, () => word)\n" }, 'word.mjs', (text: string) => `export const word = '${text}'\n`, ''],
  ])('%s', async ([_, files, name, text, mark], { onTestFinished }) => {
    const [server = ''] = Object.keys(files)
    const { edit, says, untilSays, log } = await edited(onTestFinished, { ...files, [name]: text('one') }, { server })
    expect(await says()).toBe(`one${mark}`)
    edit(name, text('two'))
    await untilSays(`two${mark}`)
    edit(name, text('three'))
    await untilSays(`three${mark}`)
    await log.until(/(Reloaded[^]*){2}/)
    expect(log.reloads).toEqual([[name], [name]])
  })

  test('a package of the workspace, by its real path', async ({ onTestFinished }) => {
    const lib = { 'packages/lib/package.json': JSON.stringify({ name: 'lib', type: 'module', exports: './index.js' }), 'packages/lib/index.js': "export { word } from './word.js'\n", 'packages/lib/word.js': "export const word = 'one'\n" }
    const { edit, untilSays } = await edited(onTestFinished, 
      { ...lib, 'server.mjs': saying('word', { head: "import { word } from 'lib'" }) },
      { prepare: (folder) => symlinkSync(join(folder, 'packages/lib'), join(folder, 'node_modules/lib'), 'junction') },
    )
    await untilSays('one')
    edit('packages/lib/word.js', "export const word = 'two'\n")
    await untilSays('two')
  })

  test('an uncompiled package of the workspace', async ({ onTestFinished }) => {
    const { files, prepare } = lib({ 'server.ts': enums.replace('./word.js', 'lib'), 'packages/lib/index.ts': index('one') })
    const { edit, untilSays } = await edited(onTestFinished, files, { server: 'server.ts', prepare })
    for (const text of ['two', 'three']) {
      edit('packages/lib/index.ts', index(text))
      await untilSays(`${text}!`)
    }
  })

  test('a package of the workspace that is the server', async ({ onTestFinished }) => {
    const { files, prepare } = lib({ 'packages/lib/index.ts': `${index('one')}${saying('word')}` })
    const { edit, untilSays } = await edited(onTestFinished, files, { server: ['-m', 'lib'], prepare })
    for (const text of ['two', 'three']) {
      edit('packages/lib/index.ts', `${index(text)}${saying('word')}`)
      await untilSays(text)
    }
  })

  test('late imports, and files in --reload-dir', async ({ onTestFinished }) => {
    const head = "import { readFileSync } from 'node:fs'\nconst read = readFileSync('texts/deep/a.txt', 'utf8')"
    const { edit, untilSays } = await edited(onTestFinished, { 'server.mjs': saying("import('./late.mjs').then(({ late }) => read + late)", { head }), 'late.mjs': "export const late = '1'\n", 'texts/deep/a.txt': 'a' }, { args: ['--reload-dir', 'texts'] })
    await untilSays('a1')
    edit('late.mjs', "export const late = '2'\n")
    await untilSays('a2')
    edit('texts/deep/a.txt', 'b')
    await untilSays('b2')
  })

  test('files that editors replace', async ({ onTestFinished }) => {
    const { edit, folder, untilSays } = await edited(onTestFinished, { 'server.mjs': saying("'one'") })
    for (const text of ['two', 'three']) {
      edit('server.mjs.tmp', saying(`'${text}'`))
      renameSync(join(folder, 'server.mjs.tmp'), join(folder, 'server.mjs'))
      await untilSays(text)
    }
  })

  test.for<[string, string]>([
    ['awaited', 'await server.run()'],
    ['floating', 'void server.run()'],
    ['late', 'setTimeout(() => server.run(), 50)'],
    ['to its end', 'await (await server.run()).closed'],
    ['without owning the process', 'await server.serve()'],
    ['guarded', "import { pathToFileURL } from 'node:url'\nif (import.meta.url.startsWith(pathToFileURL(process.argv[1]).href)) await server.run()"],
  ])('a file that calls run() itself: %s', async ([_, tail], { onTestFinished }) => {
    const { edit, says, untilSays, log } = await edited(onTestFinished, { 'server.mjs': saying("'one'", { tail }) })
    edit('server.mjs', saying("'two'", { tail }))
    await untilSays('two')
    edit('server.mjs', saying("'broken'", { tail: `throw new Error('boo')\n${tail}` }))
    await log.until(/boo/)
    expect(await says()).toBe('two')
    edit('server.mjs', saying("'three'", { tail }))
    await untilSays('three')
  })

  test('no other files: installed packages, .git, touched files, unrelated files', async ({ onTestFinished }) => {
    const head = "import { lib } from 'lib'\nimport { word } from './word.mjs'"
    const files = { 'server.mjs': saying('lib + word', { head }), 'word.mjs': "export const word = '1'\n", '.git/index': '1', 'other.mjs': '', 'node_modules/lib/package.json': '{"type":"module","exports":"./index.js"}', 'node_modules/lib/index.js': "export const lib = 'lib'\n" }
    const { edit, folder, untilSays, log } = await edited(onTestFinished, files, { args: ['--reload-dir', '.'] })
    await untilSays('lib1')
    const churn = (): void => {
      for (const name of ['node_modules/lib/index.js', '.git/index', 'node_modules/lib/package.json']) appendFileSync(join(folder, name), ' ')
      mkdirSync(join(folder, 'node_modules/new'), { recursive: true })
      writeFileSync(join(folder, 'node_modules/new/index.js'), '')
      utimesSync(join(folder, 'word.mjs'), new Date(), new Date())
      edit('server.mjs', files['server.mjs'])
    }
    churn()
    edit('word.mjs', "export const word = '2'\n")
    await untilSays('lib2')
    churn()
    edit('word.mjs', "export const word = '3'\n")
    await untilSays('lib3')
    await log.until(/(Reloaded[^]*){2}/)
    expect(log.reloads).toEqual([['word.mjs'], ['word.mjs']])
  })
})

describe.concurrent('it logs that a restart is needed', options, () => {
  test('for new custom routes, and reloads existing ones', async ({ onTestFinished }) => {
    const { edit, untilSays, log, url } = await edited(onTestFinished, { 'server.mjs': saying("'old'", { chain: route('/status', 'old') }) }, { transport: 'http' })
    const status = async (path: string): Promise<string> => (await fetch(new URL(path, url), { headers: { connection: 'close' } })).text()
    expect(await status('/status')).toBe('old')
    edit('server.mjs', saying("'new'", { chain: route('/status', 'new') + route('/more', 'more') }))
    await untilSays('new')
    expect(await status('/status')).toBe('new')
    await log.until(/"level":"warn","message":"Custom routes [^\n]*"routes":\["GET \/more"\]/)
  })

  test('for ES modules that CommonJS requires', async ({ onTestFinished }) => {
    const files = { 'server.cjs': "const { McpServer } = require('@gangway/core')\nconst { word } = require('./word.mjs')\nmodule.exports = new McpServer({ name: 'edited', version: '1.0.0' }).tool('say', {}, () => word)\n", 'word.mjs': "export const word = 'one'\n" }
    const { log } = await edited(onTestFinished, files, { server: 'server.cjs' })
    await log.until(/ES modules that CommonJS requires[^\n]*"files":\["word\.mjs"\]/)
  })
})

describe.concurrent('sessions and shutdown', options, () => {
  test('a session id is valid after an edit, and after a broken one', async ({ onTestFinished }) => {
    const { edit, untilSays, log, url } = await edited(onTestFinished, { 'server.mjs': saying("'old'") }, { transport: 'http' })
    const endpoint = url as URL
    const opened = await post(endpoint, initialize)
    const session = { 'mcp-session-id': opened.headers.get('mcp-session-id') as string, 'mcp-protocol-version': '2025-06-18' }
    await opened.text()
    const call = async (): Promise<string> => {
      const reply = await post(endpoint, { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'say' } }, session)
      return `${reply.status} ${await reply.text()}`
    }
    expect(await call()).toMatch(/^200 .*"old"/s)
    edit('server.mjs', saying("'new'"))
    await untilSays('new')
    expect(await call()).toMatch(/^200 .*"new"/s)
    edit('server.mjs', 'nonsense(')
    await log.until(/[Kk]eeping the previous version/)
    expect(await call()).toMatch(/^200 .*"new"/s)
  })

  test('the end of standard input stops it, whatever hangs', async () => {
    const cwd = project({ 'server.mjs': saying("'old'", { chain: '.onStart(() => void setInterval(() => {}, 1000))' }) }, OURS)
    expect(await gangway(['run', 'server.mjs', '--reload', '--reload-dir', '.'], { input: [initialize], cwd })).toMatchObject({ code: 0, stderr: '' })
  })

  test.skipIf(process.platform === 'win32')('a named pipe in its folder is skipped', async () => {
    const cwd = project({ 'server.mjs': saying("'old'") }, OURS)
    execFileSync('mkfifo', [join(cwd, 'pipe')])
    expect(await gangway(['run', 'server.mjs', '--reload-dir', '.'], { input: [initialize], cwd })).toMatchObject({ code: 0, stderr: '' })
  })

  test('an unreadable folder counts as empty', () => {
    expect(() => new Watcher([fileURLToPath(import.meta.url)], () => {})).not.toThrow() // A file does for one: to root, no folder is closed.
  })

  test('SIGTERM stops it while an edit hangs', async ({ onTestFinished }) => {
    const { edit, log, client, ended } = await edited(onTestFinished, { 'server.mjs': saying("process.kill(process.pid, 'SIGTERM')") }, { transport: 'http' })
    edit('server.mjs', saying("'new'", { chain: '.onStart(() => new Promise(() => {}))' }))
    await log.until(/is still loading/)
    await client.callTool('say').catch(() => {})
    expect(await ended).toBe(0)
  })

  test('an error of a handler is logged with the code around it', async ({ onTestFinished }) => {
    const { client, edit, untilSays, log } = await edited(onTestFinished, { 'server.mjs': saying("'old'") })
    edit('server.mjs', saying("'new'", { chain: ".tool('boom', {}, () =>\n  void Object(undefined).missing.property)" }))
    await untilSays('new')
    expect(await client.callTool('boom')).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('Internal error') }] })
    const [line] = await log.until(/^.*"A tool failed".*$/m)
    expect(JSON.parse(line)).toMatchObject({ tool: 'boom', err: { type: 'TypeError', stack: expect.stringContaining('server.mjs') }, frame: expect.stringMatching(/server\.mjs:\d+:\d+\n(.*\n)*> .*missing\.property(.*\n)* +\| +\^/) })
  })

  test('a first load that fails stops it, with the usual error and the code around it', async () => {
    const cwd = project({ 'server.mjs': "throw new Error('boo')\n" }, OURS)
    const plain = await gangway(['run', 'server.mjs'], { cwd })
    expect(plain).toMatchObject({ code: 4, stderr: expect.stringMatching(/boo.*server\.mjs:1:7$/m) })
    const reloading = await gangway(['run', 'server.mjs', '--reload'], { cwd })
    expect({ ...reloading, stderr: reloading.stderr.split('\n')[0] }).toEqual({ ...plain, stderr: plain.stderr.trim() })
    expect(reloading.stderr).toMatch(/^> 1 \| throw new Error\('boo'\)\n {4}\| {7}\^$/m)
  })

  test('--isolate-stdout works with it', async ({ onTestFinished }) => {
    const { edit, untilSays } = await edited(onTestFinished, { 'server.mjs': saying("'old'") }, { args: ['--isolate-stdout'] })
    edit('server.mjs', saying("'new'"))
    await untilSays('new')
  })
})

describe.concurrent('it is rejected', options, () => {
  test.for<[string, string[], RegExp]>([
    ['for an address', ['https://example.com/mcp', '--reload'], /--reload .*https:\/\/example\.com\/mcp/],
    ['for an address, with a folder', ['https://example.com/mcp', '--reload-dir', '.'], /--reload-dir .*https:\/\/example\.com\/mcp/],
    ['for an installed package', ['-m', 'lib', '--reload'], /--reload .*lib.*installed package/],
    ['with a path that is not a folder', ['server.mjs', '--reload-dir', 'nowhere'], /--reload-dir .*nowhere is not a folder/],
  ])('%s', async ([_, args, message]) => {
    const cwd = project({ 'server.mjs': saying("'x'"), 'node_modules/lib/package.json': '{"exports":"./index.js"}', 'node_modules/lib/index.js': '' }, OURS)
    expect(await gangway(['run', ...args], { cwd })).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(message) })
  })
})
