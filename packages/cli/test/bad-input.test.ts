/** `gangway run` with what cannot work: one line with a code and the way out on stderr, nothing on stdout, an exit code. */
import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fixtures, gangway, packages, project } from './gangway.ts'

const options = { timeout: 60_000 }
const core = "import { McpServer } from '@gangway/core'\n"
const server = "new McpServer({ name: 'x', version: '1.0.0' })"

const refusal = (line: string, code = 4): object => ({ stdout: '', stderr: `gangway: ${line}\n`, code })

/** Runs a file of this text; `FILE` in the expected line stands for its path, `FOLDER` for where it is. */
async function expectRefusal(text: string, line: string, { name = 'server.ts', exported = '' }: { name?: string; exported?: string } = {}): Promise<void> {
  const cwd = project({ 'package.json': '{"type":"module"}', [name]: text })
  expect(await gangway(['run', `${name}${exported}`], { cwd })).toEqual(refusal(line.replaceAll('FILE', join(cwd, name)).replaceAll('FOLDER', cwd)))
}

describe.concurrent('the path', options, () => {
  test('of no file', async () => {
    const near = join(fixtures, 'default-export.ts')
    expect(await gangway(['run', 'defaultexport.ts'])).toEqual(refusal(`GANGWAY_E_FILE_NOT_FOUND: There is no file ${join(fixtures, 'defaultexport.ts')}: did you mean ${near}?`))
    expect(await gangway(['run', 'default-export:mcp'])).toEqual(refusal(`GANGWAY_E_FILE_NOT_FOUND: There is no file ${join(fixtures, 'default-export')}: did you mean ${near}?`))
    expect(await gangway(['run', 'unlike-any.ts'])).toEqual(refusal(`GANGWAY_E_FILE_NOT_FOUND: There is no file ${join(fixtures, 'unlike-any.ts')}: check the path, and the folder that you are in`))
    const folder = join(fixtures, 'nowhere')
    expect(await gangway(['run', 'nowhere/x.ts'])).toEqual(refusal(`GANGWAY_E_FILE_NOT_FOUND: There is no file ${join(folder, 'x.ts')}, nor a folder ${folder}: check the path, and the folder that you are in`))
  })

  test('of a folder', async () => {
    expect(await gangway(['run', '.'])).toEqual(refusal(`GANGWAY_E_NOT_A_FILE: ${fixtures} is a folder: name the file in it that exports the server`))
  })

  test('of something else', async () => {
    await expectRefusal('', 'GANGWAY_E_IMPORT: Unknown file extension ".py" for FILE: a server is TypeScript or JavaScript', { name: 'server.py' })
    expect((await gangway(['run', 'data.json'], { cwd: project({ 'data.json': '{}' }) })).stderr).toMatch(/^gangway: GANGWAY_E_IMPORT: .*data\.json" .*: a server is TypeScript or JavaScript\n$/)
  })
})

describe.concurrent('text that cannot be parsed', options, () => {
  test.each([
    ['server.js', `${core}\nexport default new McpServer({ name: }))\n`, '3:38'],
    ['server.ts', `${core}\nexport default new McpServer({ name: }))\n`, '3:38'],
    ['enum.ts', 'enum Mood { Calm }\nexport const mood = Mood.Calm\nexport default f({ name: }))\n', '3:26'],
    ['server.cjs', 'module.exports = {\n  server: (,\n}\n', '2:12'],
  ])('%s', async (name, text, place) => {
    const cwd = project({ 'package.json': '{"type":"module"}', [name]: text })
    const { stderr, ...ended } = await gangway(['run', name], { cwd })
    expect(stderr).toMatch(/^gangway: GANGWAY_E_SYNTAX: (Unexpected token|Expression expected)[^\n]*\n$/)
    expect(stderr.endsWith(`: mend ${join(cwd, name)}:${place}\n`)).toBe(true)
    expect(ended).toEqual({ stdout: '', code: 4 })
  })

  test.each(['server.js', 'server.ts'])('imported by %s', async (name) => {
    const cwd = project({ 'package.json': '{"type":"module"}', [name]: "import './other.js'\nconsole.log('ran')\n", 'other.js': '\nexport const broken = [)\n' })
    const { stderr, ...ended } = await gangway(['run', name], { cwd })
    expect(stderr).toMatch(/^gangway: GANGWAY_E_SYNTAX: Unexpected token[^\n]*\n$/)
    expect(stderr.endsWith(`: mend ${join(cwd, 'other.js')}:2:24\n`)).toBe(true)
    expect(ended).toEqual({ stdout: '', code: 4 })
  })
})

test('a module where CommonJS is expected', options, async () => {
  const cwd = project({ 'package.json': '{"type":"commonjs"}', 'server.js': 'import "node:fs"\n' })
  const { stderr, code } = await gangway(['run', 'server.js'], { cwd })
  expect(stderr).toContain(`gangway: GANGWAY_E_SYNTAX: Cannot use import statement outside a module: name the file .mjs, or set "type": "module" in its package.json (${join(cwd, 'server.js')}:1:1)\n`)
  expect(code).toBe(4)
})

describe.concurrent('an import', options, () => {
  test.each(['server.ts', 'server.mjs', 'server.cjs'])('of a package that is not installed, in %s', async (name) => {
    const statement = name.endsWith('.cjs') ? "module.exports = require('@nowhere/missing')" : "export { default } from '@nowhere/missing'"
    await expectRefusal(statement, 'GANGWAY_E_IMPORT: FILE imports @nowhere/missing, which is not installed: npm install @nowhere/missing', { name })
  })

  test.each(['server.ts', 'server.mjs', 'server.cjs'])('of a file that does not exist, in %s', async (name) => {
    const statement = name.endsWith('.cjs') ? "module.exports = require('./servr.js')" : "export { default } from './servr.js'"
    await expectRefusal(statement, 'GANGWAY_E_IMPORT: FILE imports FOLDER/servr.js, which does not exist: did you mean FILE?', { name })
  })

  test('of a name that is not exported', async () => {
    await expectRefusal("import { McpServe } from '@gangway/core'\n", "GANGWAY_E_IMPORT: The requested module '@gangway/core' does not provide an export named 'McpServe': check the import in FILE:1:10", { name: 'server.js' })
  })
})

describe.concurrent('code that throws while it is loaded', options, () => {
  test.each(['server.ts', 'server.mjs', 'server.cjs'])('%s', async (name) => {
    const text = "const read = () => {\n  throw new Error('no\\n  database')\n}\nread()\n"
    await expectRefusal(text, 'GANGWAY_E_LOAD: FILE threw while loading, no database: see FILE:2:9', { name })
  })

  test('TypeScript that is transformed: the line is right', async () => {
    const cwd = project({ 'server.ts': "interface Gone {\n  name: string\n}\nenum Kept { One }\nexport const kept = Kept.One\nthrow new Error('no database')\n" })
    expect((await gangway(['run', 'server.ts'], { cwd })).stderr).toContain(`, no database: see ${join(cwd, 'server.ts')}:6:`)
  })

  test('what is no error', async () => {
    await expectRefusal('throw { reason: 1 }\n', 'GANGWAY_E_LOAD: FILE threw while loading, { reason: 1 }: see FILE')
  })

  test('beside the loading', async () => {
    await expectRefusal("void Promise.reject(new Error('no database'))\nawait new Promise((r) => setTimeout(r, 1e6))\n", 'GANGWAY_E_LOAD: FILE threw while loading, no database: see FILE:1:21', { name: 'server.mjs' })
    await expectRefusal("setImmediate(() => {\n  throw new Error('no database')\n})\nawait new Promise((r) => setTimeout(r, 1e6))\n", 'GANGWAY_E_LOAD: FILE threw while loading, no database: see FILE:2:9', { name: 'server.mjs' })
    expect((await gangway(['run', 'main-function.ts', '--', 'throws'])).stderr).toMatch(/^gangway: GANGWAY_E_LOAD: .* threw while loading, no database: see .*main-function\.ts:\d+:\d+\n$/)
  })

  test('in onStart', async () => {
    await expectRefusal(`${core}export default ${server}\n  .onStart(() => {\n    throw new Error('no database')\n  })\n`, 'GANGWAY_E_LOAD: FILE threw while starting, no database: see FILE:4:11', { name: 'server.mjs' })
  })

  test('one of our own errors, which keeps its code', async () => {
    const text = `${core}const server = ${server}\nserver.tool('add', {}, () => '')\nserver.tool('add', {}, () => '')\n`
    await expectRefusal(text, 'GANGWAY_E_DUPLICATE: "add" is already among the tools: choose another name, or remove the first (FILE:4:8)', { name: 'server.mjs' })
  })

  test('nothing, but never ends', async () => {
    const line = 'GANGWAY_E_LOAD: FILE waits for something that cannot come any more: look for an await that never ends, at the top level, in a factory or in onStart'
    await expectRefusal('await new Promise(() => {})\n', line)
    await expectRefusal('export default () => new Promise(() => {})\n', line)
    await expectRefusal(`${core}export default ${server}.onStart(() => new Promise(() => {}))\n`, line)
    await expectRefusal(`${core}void ${server}.onStart(() => new Promise(() => {})).run()\n`, line)
  })
})

describe.concurrent('what is exported', options, () => {
  const wayOut = 'export default the server, or name its export, FILE:name'

  test('has no server in it', async () => {
    const text = 'export function add() {}\nexport const config = { port: 1 }\nexport class Shop { name = 1 }\nexport const map = new Map()\n'
    await expectRefusal(text, `GANGWAY_E_NO_SERVER: FILE exports no server, but Shop: class, add: function, config: object, map: Map: ${wayOut}`, { name: 'server.js' })
    await expectRefusal('module.exports = { add() {}, list: [] }\n', `GANGWAY_E_NO_SERVER: FILE exports no server, but add: function, list: array: ${wayOut}`, { name: 'server.cjs' })
    await expectRefusal('class McpServer { name = 1 }\nexport const server = new McpServer()\n', `GANGWAY_E_NO_SERVER: FILE exports no server, but server: McpServer of another library: ${wayOut}`)
    await expectRefusal('export {}\n', `GANGWAY_E_NO_SERVER: FILE exports no server, and nothing else: ${wayOut}`)
  })

  test('is named and is not there', async () => {
    const file = join(fixtures, 'plain.js')
    expect(await gangway(['run', 'plain.js:ap'])).toEqual(refusal(`GANGWAY_E_EXPORT_NOT_FOUND: ${file} has no export "ap": did you mean app? there is app: server, servers: object`))
    expect(await gangway(['run', 'plain.js:other'])).toEqual(refusal(`GANGWAY_E_EXPORT_NOT_FOUND: ${file} has no export "other": there is app: server, servers: object`))
    expect(await gangway(['run', 'plain.js:servers.wether'])).toEqual(
      refusal(`GANGWAY_E_EXPORT_NOT_FOUND: "servers" in ${file} has no member "wether": did you mean servers.weather? there is weather: server, config: object`),
    )
  })

  test('is named and is not a server', async () => {
    const file = join(fixtures, 'plain.js')
    expect(await gangway(['run', 'plain.js:servers'])).toEqual(refusal(`GANGWAY_E_NOT_A_SERVER: "servers" in ${file} is not a server but an object: name one of app: server`))
    expect((await gangway(['run', 'factories.ts:Shop'])).stderr).toContain('GANGWAY_E_NOT_A_SERVER: "Shop" in ')
    await expectRefusal('export const config = { port: 1 }\n', 'GANGWAY_E_NOT_A_SERVER: "config" in FILE is not a server but an object: there is config: object', { exported: ':config' })
  })

  test('is a factory that fails', async () => {
    const file = join(fixtures, 'factories.ts')
    expect(await gangway(['run', 'factories.ts:number'])).toEqual(refusal(`GANGWAY_E_FACTORY: The function "number" in ${file} returned a number where a server was expected: return the server that it makes`))
    expect((await gangway(['run', 'factories.ts:nothing'])).stderr).toContain(' returned undefined where ')
    expect(await gangway(['run', 'factories.ts:throwing'])).toEqual(refusal(`GANGWAY_E_FACTORY: ${file} threw while "throwing" was called, no database at localhost: see ${file}:22:9`))
    expect((await gangway(['run', 'factories.ts:rejecting'])).stderr).toContain(`, no network: see ${file}:25:9\n`)
  })
})

describe.concurrent('the address', options, () => {
  test('is in use', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    try {
      await new Promise((resolve) => holder.once('listening', resolve))
      const port = `${(holder.address() as AddressInfo).port}`
      const line = refusal(`GANGWAY_E_PORT_IN_USE: Port ${port} on 127.0.0.1 is in use: end the program that has it, or choose another port (--port)`, 3)
      for (const transport of ['http', 'sse']) expect(await gangway(['run', 'default-export.ts', '-t', transport, '-p', port])).toEqual(line)
      for (const mode of ['awaited', 'floating']) expect(await gangway(['run', 'self-running.ts', '-t', 'http', '-p', port, '--', mode])).toEqual(line)
      const env = { GANGWAY_TRANSPORT: 'http', GANGWAY_PORT: port }
      for (const mode of ['awaits', 'catches']) expect(await gangway(['run', 'main-function.ts', '--', mode], { env })).toEqual(line)
    } finally {
      holder.close()
    }
  })

  test('is public, and nobody said which hosts clients may address', async () => {
    const { stderr, ...ended } = await gangway(['run', 'default-export.ts', '-t', 'http', '--host', '0.0.0.0', '-p', '0'])
    expect(stderr).toMatch(/^gangway: GANGWAY_E_ALLOWED_HOSTS: 0\.0\.0\.0 [^\n]*\(--allowed-host\)[^\n]*\n$/)
    expect(ended).toEqual({ stdout: '', code: 2 })
  })

  test('means nothing to stdio', async () => {
    const line = refusal('GANGWAY_E_USAGE: port has no effect on stdio: choose the http or sse transport, or leave it out', 2)
    expect(await gangway(['run', 'default-export.ts', '--port', '8000'])).toEqual(line)
    expect(await gangway(['run', 'self-running.ts', '--port', '8000', '--', 'awaited'])).toEqual(line)
  })
})

test('a transport that nobody installed', options, async () => {
  const cwd = project({ 'server.mjs': `${core}export default ${server}\n` }, ['core'])
  mkdirSync(join(cwd, 'node_modules/@gangway/cli'))
  for (const part of ['package.json', 'dist']) cpSync(join(packages, 'cli', part), join(cwd, 'node_modules/@gangway/cli', part), { recursive: true })
  symlinkSync(join(packages, 'cli/node_modules/commander'), join(cwd, 'node_modules/commander'), 'junction')
  const bin = join(cwd, 'node_modules/@gangway/cli/dist/bin.js')
  const line = 'GANGWAY_E_TRANSPORT_MISSING: The http transport needs @gangway/transport-http, which is not installed: npm install @gangway/transport-http'
  expect(await gangway(['run', 'server.mjs', '-t', 'http'], { cwd, bin })).toEqual(refusal(line))
})

describe.concurrent('the command line', options, () => {
  test.each([
    [['run', 'default-export.ts', '--prt', '1'], "unknown option '--prt': did you mean --port?"],
    [['run', 'default-export.ts', '--port', '80.5'], "--port cannot be '80.5': use a whole number from 0 to 65535"],
    [['run', 'default-export.ts', '-p', '65536'], "--port cannot be '65536': use a whole number from 0 to 65535"],
    [['run', 'default-export.ts', '-t', 'carrier-pigeon'], "--transport cannot be 'carrier-pigeon': use stdio, http, sse, streamable-http"],
    [['run', 'default-export.ts', '--path', 'mcp'], "--path cannot be 'mcp': begin it with /"],
    [['run', 'default-export.ts', '-l', 'loud'], "--log-level cannot be 'loud': use debug, info, warn, error or silent"],
    [['run', 'default-export.ts', '-t', 'http', '--strict-stdout'], '--strict-stdout has no effect on http, where nothing is read from stdout: leave it out'],
    [['run', 'default-export.ts', '-t', 'sse', '--isolate-stdout'], '--isolate-stdout has no effect on sse, where nothing is read from stdout: leave it out'],
    [['run', 'https://example.com/mcp', '--strict-stdout'], '--strict-stdout is for a server that runs here, and https://example.com/mcp is elsewhere: leave it out'],
    [['run', 'default-export.ts', '--refresh'], '--refresh installs anew what was installed, and nothing is to be installed: leave it out'],
    [['run', 'default-export.ts', '--with', 'zod', '--refresh', '--no-install'], '--refresh installs anew what was installed, and --no-install forbids it: leave it out'],
    [['run', '-m', './default-export.ts'], "--module cannot be './default-export.ts': use the name of a package; a file needs no -m"],
    [['run', '-m', ''], "--module cannot be '': use the name of a package; a file needs no -m"],
    [['run', 'default-export.ts', '-t', 'http', '-p'], "option '-p, --port <number>' argument missing: see gangway run --help"],
    [['list', 'shop.ts', '--resource'], "unknown option '--resource': did you mean --resources?"],
    [['call', 'shop.ts', 'add', '--wiht', 'zod'], "unknown option '--wiht': did you mean --with?"],
    [['run', 'default-export.ts', 'more'], "too many arguments for 'run'. Expected 1 argument but got 2: put those of the server after --"],
    [['rnu', 'default-export.ts'], "unknown command 'rnu': did you mean run?"],
    [['default-export.ts', '-t', 'http'], 'There is no command "default-export.ts": gangway run default-export.ts -t http'],
  ])('%j', async (args, line) => {
    expect(await gangway(args)).toEqual(refusal(`GANGWAY_E_USAGE: ${line}`, 2))
  })

  test('names no command', async () => {
    const { stdout, stderr, code } = await gangway([])
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 })
    expect(stderr).toMatch(/^Usage: gangway /)
  })
})

test('--debug adds the stack', options, async () => {
  const cwd = project({ 'server.mjs': "throw new Error('no database')\n" })
  const { stderr, code } = await gangway(['run', 'server.mjs', '--debug'], { cwd })
  expect(code).toBe(4)
  expect(stderr).toMatch(/^gangway: GANGWAY_E_LOAD: .*\n[\s\S]*\n +at .*server\.mjs:1:7\n/)
})
