/** `gangway run` with invalid input: one line with a code on stderr, nothing on stdout, and an exit code. */
import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { errorLine, errorPattern, fixtures, gangway, packages, project } from './gangway.ts'

const options = { timeout: 60_000 }
const core = "import { McpServer } from '@gangway/core'\n"
const server = "new McpServer({ name: 'x', version: '1.0.0' })"

const refusal = (line: string, code = 4): object => ({ stdout: '', stderr: errorLine(line), code })

/** Runs a file with this text. In the expected line, `FILE` stands for its path and `FOLDER` for its folder. */
async function expectRefusal(text: string, line: string, { name = 'server.ts', exported = '' }: { name?: string; exported?: string } = {}): Promise<void> {
  const cwd = project({ 'package.json': '{"type":"module"}', [name]: text })
  expect(await gangway(['run', `${name}${exported}`], { cwd })).toEqual(refusal(line.replaceAll('FILE', join(cwd, name)).replaceAll('FOLDER', cwd)))
}

describe.concurrent('the path', options, () => {
  test('does not exist', async () => {
    const near = join(fixtures, 'default-export.ts')
    expect(await gangway(['run', 'defaultexport.ts'])).toEqual(refusal(`GANGWAY_E_FILE_NOT_FOUND: ${join(fixtures, 'defaultexport.ts')} … ${near}`))
    expect(await gangway(['run', 'default-export:mcp'])).toEqual(refusal(`GANGWAY_E_FILE_NOT_FOUND: ${join(fixtures, 'default-export')} … ${near}`))
    expect(await gangway(['run', 'unlike-any.ts'])).toEqual(refusal(`GANGWAY_E_FILE_NOT_FOUND: ${join(fixtures, 'unlike-any.ts')}`))
    const folder = join(fixtures, 'nowhere')
    expect(await gangway(['run', 'nowhere/x.ts'])).toEqual(refusal(`GANGWAY_E_FILE_NOT_FOUND: ${join(folder, 'x.ts')} … ${folder}`))
  })

  test('is a folder', async () => {
    expect(await gangway(['run', '.'])).toEqual(refusal(`GANGWAY_E_NOT_A_FILE: ${fixtures} … folder`))
  })

  test('is neither a file nor a folder', async () => {
    await expectRefusal('', 'GANGWAY_E_IMPORT: .py … FILE … TypeScript', { name: 'server.py' })
    expect((await gangway(['run', 'data.json'], { cwd: project({ 'data.json': '{}' }) })).stderr).toMatch(/^gangway: GANGWAY_E_IMPORT: .*data\.json" .*TypeScript or JavaScript[^\n]*\n$/)
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
    expect(stderr).toMatch(/Unexpected token|Expression expected/)
    expect({ stderr, ...ended }).toEqual(refusal(`GANGWAY_E_SYNTAX: ${join(cwd, name)}:${place}`))
  })

  test.each(['server.js', 'server.ts'])('imported by %s', async (name) => {
    const cwd = project({ 'package.json': '{"type":"module"}', [name]: "import './other.js'\nconsole.log('ran')\n", 'other.js': '\nexport const broken = [)\n' })
    const { stderr, ...ended } = await gangway(['run', name], { cwd })
    expect({ stderr, ...ended }).toEqual(refusal(`GANGWAY_E_SYNTAX: Unexpected token … ${join(cwd, 'other.js')}:2:24`))
  })
})

test('an ES module where CommonJS is expected', options, async () => {
  const cwd = project({ 'package.json': '{"type":"commonjs"}', 'server.js': 'import "node:fs"\n' })
  const { stderr, code } = await gangway(['run', 'server.js'], { cwd })
  expect(stderr).toMatch(errorPattern(`GANGWAY_E_SYNTAX: .mjs … "type": "module" … package.json … ${join(cwd, 'server.js')}:1:1`))
  expect(code).toBe(4)
})

describe.concurrent('an import', options, () => {
  test.each(['server.ts', 'server.mjs', 'server.cjs'])('of a package that is not installed, in %s', async (name) => {
    const statement = name.endsWith('.cjs') ? "module.exports = require('@nowhere/missing')" : "export { default } from '@nowhere/missing'"
    await expectRefusal(statement, 'GANGWAY_E_IMPORT: FILE … npm install @nowhere/missing', { name })
  })

  test.each(['server.ts', 'server.mjs', 'server.cjs'])('of a missing file, in %s', async (name) => {
    const statement = name.endsWith('.cjs') ? "module.exports = require('./servr.js')" : "export { default } from './servr.js'"
    await expectRefusal(statement, 'GANGWAY_E_IMPORT: FILE … FOLDER/servr.js', { name })
  })

  test('of a name that is not exported', async () => {
    await expectRefusal("import { McpServe } from '@gangway/core'\n", 'GANGWAY_E_IMPORT: @gangway/core … McpServe … FILE:1:10', { name: 'server.js' })
  })
})

describe.concurrent('code that throws while it loads', options, () => {
  test.each(['server.ts', 'server.mjs', 'server.cjs'])('%s', async (name) => {
    const text = "const read = () => {\n  throw new Error('no\\n  database')\n}\nread()\n"
    await expectRefusal(text, 'GANGWAY_E_LOAD: no database … FILE:2:9', { name })
  })

  test('transformed TypeScript: the line is right', async () => {
    const cwd = project({ 'server.ts': "interface Gone {\n  name: string\n}\nenum Kept { One }\nexport const kept = Kept.One\nthrow new Error('no database')\n" })
    expect((await gangway(['run', 'server.ts'], { cwd })).stderr).toMatch(errorPattern(`GANGWAY_E_LOAD: no database … ${join(cwd, 'server.ts')}:6:`))
  })

  test('a value that is not an error', async () => {
    await expectRefusal('throw { reason: 1 }\n', 'GANGWAY_E_LOAD: { reason: 1 } … FILE')
  })

  test('in a promise while loading', async () => {
    await expectRefusal("void Promise.reject(new Error('no database'))\nawait new Promise((r) => setTimeout(r, 1e6))\n", 'GANGWAY_E_LOAD: FILE … FILE:1:21', { name: 'server.mjs' })
    await expectRefusal("setImmediate(() => {\n  throw new Error('no database')\n})\nawait new Promise((r) => setTimeout(r, 1e6))\n", 'GANGWAY_E_LOAD: FILE … FILE:2:9', { name: 'server.mjs' })
    expect((await gangway(['run', 'main-function.ts', '--', 'throws'])).stderr).toMatch(/^gangway: GANGWAY_E_LOAD: .* no database.*main-function\.ts:\d+:\d+\n$/)
  })

  test('in onStart', async () => {
    await expectRefusal(`${core}export default ${server}\n  .onStart(() => {\n    throw new Error('no database')\n  })\n`, 'GANGWAY_E_LOAD: FILE … FILE:4:11', { name: 'server.mjs' })
  })

  test('a Gangway error, which keeps its code', async () => {
    const text = `${core}const server = ${server}\nserver.tool('add', {}, () => '')\nserver.tool('add', {}, () => '')\n`
    await expectRefusal(text, 'GANGWAY_E_DUPLICATE: add … FILE:4:8', { name: 'server.mjs' })
  })

  test('nothing, but never finishes', async () => {
    const line = 'GANGWAY_E_LOAD: FILE … await'
    await expectRefusal('await new Promise(() => {})\n', line)
    await expectRefusal('export default () => new Promise(() => {})\n', line)
    await expectRefusal(`${core}export default ${server}.onStart(() => new Promise(() => {}))\n`, line)
    await expectRefusal(`${core}void ${server}.onStart(() => new Promise(() => {})).run()\n`, line)
  })
})

describe.concurrent('the export', options, () => {
  test('contains no server', async () => {
    const text = 'export function add() {}\nexport const config = { port: 1 }\nexport class Shop { name = 1 }\nexport const map = new Map()\n'
    await expectRefusal(text, `GANGWAY_E_NO_SERVER: FILE … Shop (class), add (function), config (object), map (Map) … export default`, { name: 'server.js' })
    await expectRefusal('module.exports = { add() {}, list: [] }\n', `GANGWAY_E_NO_SERVER: FILE … add (function), list (array)`, { name: 'server.cjs' })
    await expectRefusal('class McpServer { name = 1 }\nexport const server = new McpServer()\n', `GANGWAY_E_NO_SERVER: FILE … server (McpServer from another library)`)
    await expectRefusal('export {}\n', `GANGWAY_E_NO_SERVER: FILE … nothing … export default`)
    await expectRefusal(`${core}export const shop = ${server}\n`, 'GANGWAY_E_NO_SERVER: FILE … gangway run server.mjs:shop', { name: 'server.mjs' })
    await expectRefusal(`${core}export const shop = ${server}\nexport const till = ${server}\n`, 'GANGWAY_E_NO_SERVER: FILE … shop (server), till (server) … gangway run server.mjs:shop', { name: 'server.mjs' })
  })

  test('is named, and does not exist', async () => {
    const file = join(fixtures, 'plain.js')
    expect(await gangway(['run', 'plain.js:ap'])).toEqual(refusal(`GANGWAY_E_EXPORT_NOT_FOUND: ${file} … "ap" … "app"`))
    expect(await gangway(['run', 'plain.js:other'])).toEqual(refusal(`GANGWAY_E_EXPORT_NOT_FOUND: ${file} … "other" … app (server), servers (object)`))
    expect(await gangway(['run', 'plain.js:servers.wether'])).toEqual(
      refusal(`GANGWAY_E_EXPORT_NOT_FOUND: "servers" … ${file} … "wether" … "servers.weather"`),
    )
  })

  test('is named, and is not a server', async () => {
    const file = join(fixtures, 'plain.js')
    expect(await gangway(['run', 'plain.js:servers'])).toEqual(refusal(`GANGWAY_E_NOT_A_SERVER: "servers" … ${file} … object … plain.js:app`))
    expect((await gangway(['run', 'factories.ts:Shop'])).stderr).toMatch(errorPattern('GANGWAY_E_NOT_A_SERVER: "Shop"'))
    await expectRefusal('export const config = { port: 1 }\n', 'GANGWAY_E_NOT_A_SERVER: "config" … FILE … config (object)', { exported: ':config' })
  })

  test('is a factory that fails', async () => {
    const file = join(fixtures, 'factories.ts')
    expect(await gangway(['run', 'factories.ts:number'])).toEqual(refusal(`GANGWAY_E_FACTORY: "number" … ${file} … a number`))
    expect((await gangway(['run', 'factories.ts:nothing'])).stderr).toMatch(errorPattern('GANGWAY_E_FACTORY: undefined'))
    expect(await gangway(['run', 'factories.ts:throwing'])).toEqual(refusal(`GANGWAY_E_FACTORY: "throwing" … no database at localhost … ${file}:22:9`))
    expect((await gangway(['run', 'factories.ts:rejecting'])).stderr).toMatch(errorPattern(`GANGWAY_E_FACTORY: no network … ${file}:25:9`))
  })
})

describe.concurrent('the address', options, () => {
  test('is in use', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    try {
      await new Promise((resolve) => holder.once('listening', resolve))
      const port = `${(holder.address() as AddressInfo).port}`
      const line = refusal(`GANGWAY_E_PORT_IN_USE: ${port} … 127.0.0.1 … --port`, 3)
      for (const transport of ['http', 'sse']) expect(await gangway(['run', 'default-export.ts', '-t', transport, '-p', port])).toEqual(line)
      for (const mode of ['awaited', 'floating']) expect(await gangway(['run', 'self-running.ts', '-t', 'http', '-p', port, '--', mode])).toEqual(line)
      const env = { GANGWAY_TRANSPORT: 'http', GANGWAY_PORT: port }
      for (const mode of ['awaits', 'catches']) expect(await gangway(['run', 'main-function.ts', '--', mode], { env })).toEqual(line)
    } finally {
      holder.close()
    }
  })

  test('is public, without allowed hosts', async () => {
    const { stderr, ...ended } = await gangway(['run', 'default-export.ts', '-t', 'http', '--host', '0.0.0.0', '-p', '0'])
    expect(stderr).toMatch(/^gangway: GANGWAY_E_ALLOWED_HOSTS: 0\.0\.0\.0 [^\n]*\(--allowed-host\)[^\n]*\n$/)
    expect(ended).toEqual({ stdout: '', code: 2 })
  })

  test('does not apply to stdio', async () => {
    const line = refusal('GANGWAY_E_USAGE: --port … stdio', 2)
    expect(await gangway(['run', 'default-export.ts', '--port', '8000'])).toEqual(line)
    expect(await gangway(['run', 'self-running.ts', '--port', '8000', '--', 'awaited'])).toEqual(line)
  })
})

test('a transport that is not installed', options, async () => {
  const cwd = project({ 'server.mjs': `${core}export default ${server}\n` }, ['core'])
  mkdirSync(join(cwd, 'node_modules/@gangway/cli'))
  for (const part of ['package.json', 'dist']) cpSync(join(packages, 'cli', part), join(cwd, 'node_modules/@gangway/cli', part), { recursive: true })
  symlinkSync(join(packages, 'cli/node_modules/commander'), join(cwd, 'node_modules/commander'), 'junction')
  const bin = join(cwd, 'node_modules/@gangway/cli/dist/bin.js')
  const line = 'GANGWAY_E_TRANSPORT_MISSING: http … npm install @gangway/transport-http'
  expect(await gangway(['run', 'server.mjs', '-t', 'http'], { cwd, bin })).toEqual(refusal(line))
})

describe.concurrent('the command line', options, () => {
  test.each([
    [['run', 'default-export.ts', '--prt', '1'], '--prt … --port'],
    [['run', 'default-export.ts', '--port', '80.5'], '--port … "80.5" … from 0 to 65535'],
    [['run', 'default-export.ts', '-p', '65536'], '--port … "65536" … from 0 to 65535'],
    [['run', 'default-export.ts', '-t', 'carrier-pigeon'], '--transport … "carrier-pigeon" … stdio, http, sse or streamable-http'],
    [['run', 'default-export.ts', '--path', 'mcp'], '--path … "mcp" … starts with /'],
    [['run', 'default-export.ts', '-l', 'loud'], '--log-level … "loud" … debug, info, warn, error or silent'],
    [['run', 'default-export.ts', '-t', 'http', '--strict-stdout'], '--strict-stdout … http'],
    [['run', 'default-export.ts', '-t', 'sse', '--isolate-stdout'], '--isolate-stdout … sse'],
    [['run', 'https://example.com/mcp', '--strict-stdout'], '--strict-stdout … https://example.com/mcp'],
    [['run', 'default-export.ts', '--refresh'], '--refresh … --with'],
    [['run', 'default-export.ts', '--with', 'zod', '--refresh', '--no-install'], '--refresh … --no-install'],
    [['run', '-m', './default-export.ts'], '--module … "./default-export.ts" … package name … -m'],
    [['run', '-m', ''], '--module … "" … package name … -m'],
    [['run', 'default-export.ts', '-t', 'http', '-p'], 'value … -p, --port <number> … gangway run --help'],
    [['list', 'shop.ts', '--resource'], '--resource. … --resources?'],
    [['call', 'shop.ts', 'add', '--wiht', 'zod'], '--wiht … --with?'],
    [['run', 'default-export.ts', 'more'], 'arguments … expected 1, got 2 … after --'],
    [['rnu', 'default-export.ts'], '"rnu" … run?'],
    [['default-export.ts', '-t', 'http'], '"default-export.ts" … gangway run default-export.ts -t http'],
    [['run', 'default-export.ts', '--tokn=secret'], '--tokn. '],
  ])('%j', async (args, line) => {
    expect(await gangway(args)).toEqual(refusal(`GANGWAY_E_USAGE: ${line}`, 2))
  })

  test('has no command', async () => {
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
