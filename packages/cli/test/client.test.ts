/** `gangway list`, `call` and `inspect`, against every kind of target. */
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { bin, errorLine, errorPattern, fixtures, gangway, gangwayHttp, project } from './gangway.ts'

const options = { timeout: 60_000 }
const SIGNATURE = 'add(a: number, b?: number = 1, tags?: string[], exact?: boolean, mode?: "fast" | "slow") -> { sum: number }'
const TOOLS = `Tools (6)\n  ${SIGNATURE}\n      Add two numbers\n  echo(value?: any, text?: string)\n  fail()\n  slow()\n  hang()\n  confirm()`
const REST = 'Resources (2)\n  shop://readme\n      What it is\n  shop://orders/{order}\n\nPrompts (1)\n  summarise(order)'
const file = join(fixtures, 'shop.ts')
const shop = { command: process.execPath, args: [bin, 'run', file, '-l', 'error'] }
const program = [shop.command, ...shop.args]
const HEADING = 'shop 1.0.0\nMCP 2026-07-28\nCapabilities: logging, prompts, resources, tools\n\nAsk before you buy.'
const several = (): string => project({ 'mcp.json': JSON.stringify({ mcpServers: { shop, dead: { command: 'no-such-command' } } }) })
const done = (stdout: string, stderr = ''): object => ({ stdout: `${stdout}\n`, stderr, code: 0 })
const refusal = (code: number, line: string): object => ({ stdout: '', stderr: errorLine(line), code })

describe.concurrent('list', options, () => {
  test('a file', async () => {
    expect(await gangway(['list', 'shop.ts'])).toEqual(done(TOOLS))
    expect(await gangway(['list', 'shop.ts', '--resources', '--prompts'])).toEqual(done(`${TOOLS}\n\n${REST}`))
  })

  test.each(['http', 'sse'])('a URL, %s', async (transport) => {
    await gangwayHttp(['shop.ts', '-t', transport], async ({ href }) => {
      expect(await gangway(['list', href])).toEqual(done(TOOLS))
    })
  })

  test('a program', async () => {
    expect(await gangway(['list', '--', ...program])).toEqual(done(TOOLS))
    expect(await gangway(['list', '--command', program.map((word) => `'${word}'`).join(' ')])).toEqual(done(TOOLS))
  })

  test('one server of an mcp.json', async () => {
    expect(await gangway(['list', 'mcp.json:shop'], { cwd: several() })).toEqual(done(TOOLS))
  })

  test('all servers of an mcp.json: an unreachable server is named', async () => {
    const { stdout, stderr, code } = await gangway(['list', 'mcp.json', '--json'], { cwd: several() })
    expect((JSON.parse(stdout) as { tools: { name: string }[] }).tools.map(({ name }) => name)).toEqual(['shop_add', 'shop_echo', 'shop_fail', 'shop_slow', 'shop_hang', 'shop_confirm'])
    expect({ stderr, code }).toEqual({ stderr: errorLine('GANGWAY_E_UNREACHABLE: dead: no-such-command'), code: 5 })
  })

  test('complete JSON', async () => {
    const { stdout } = await gangway(['list', 'shop.ts', '--json', '--prompts'])
    expect(JSON.parse(stdout)).toMatchObject({ tools: [{ name: 'add', description: 'Add two numbers\nand no more', inputSchema: { required: ['a'] } }, {}, {}, {}, {}, {}], prompts: [{ name: 'summarise', arguments: [{ name: 'order' }] }] })
  })

  test('a file with arguments, whose prints do not matter', async () => {
    const cwd = project({ 'package.json': '{"type":"module"}', 'server.ts': "import { McpServer } from '@gangway/core'\nconsole.log('hello')\nexport default new McpServer({ name: 'x', version: '1' }).tool(process.argv[2] ?? 'none', {}, () => 'x')\n" })
    const { stdout, stderr, code } = await gangway(['list', 'server.ts', '--', 'given'], { cwd })
    expect({ stdout, code }).toEqual({ stdout: 'Tools (1)\n  given()\n', code: 0 })
    expect(stderr).toContain('hello')
  })
})

describe.concurrent('call', options, () => {
  test.each([
    [['add', 'a=1', 'b=2'], '{"sum":3}'],
    [['add', '--input-json', '{"a":5}'], '{"sum":6}'],
    [['echo', 'text=5', 'value:={"a":[1]}'], '{"value":{"a":[1]},"text":"5"}'],
    [['shop://readme'], 'hello'],
    [['shop://orders/7'], 'order 7'],
    [['summarise', '--prompt', 'order=7'], 'user: Summarise 7'],
  ])('%j', async (words, text) => {
    expect(await gangway(['call', 'shop.ts', ...words])).toEqual(done(text))
  })

  test('a URI without a host, and a tool with such a name', async () => {
    const cwd = project({ 'server.mjs': "import { McpServer } from '@gangway/core'\nexport default new McpServer({ name: 'x', version: '1' }).tool('urn:tool', {}, () => 'a tool').resource('urn:isbn:123', {}, () => 'a book')\n" })
    expect((await gangway(['call', 'server.mjs', 'urn:isbn:123'], { cwd })).stdout).toBe('a book\n') // Beside a word on the name of the tool.
    expect((await gangway(['call', 'server.mjs', 'urn:tool'], { cwd })).stdout).toBe('a tool\n')
  })

  test('with arguments from a file, and from standard input', async () => {
    const cwd = project({ 'query.json': '{"a":1,"b":1}', 'note.txt': 'two\nlines' })
    expect(await gangway(['call', file, 'add', '@query.json', 'b=5'], { cwd })).toEqual(done('{"sum":6}'))
    expect(await gangway(['call', file, 'echo', 'text=@note.txt', 'value:=@query.json'], { cwd })).toEqual(done('{"value":{"a":1,"b":1},"text":"two\\nlines"}'))
    for (const words of [['-'], ['@-'], ['--input-json', '-']]) expect(await gangway(['call', file, 'add', ...words], { input: [{ a: 1 }] })).toEqual(done('{"sum":2}'))
  })

  test('a program, with the arguments in front', async () => {
    expect(await gangway(['call', 'add', 'a=1', '--', ...program])).toEqual(done('{"sum":2}'))
  })

  test('one of several servers', async () => {
    expect(await gangway(['call', 'mcp.json', 'shop_add', 'a=1'], { cwd: several() })).toEqual(done('{"sum":2}', expect.stringMatching(/^dead .*no-such-command[^\n]*\n$/) as string))
  })

  test('as JSON', async () => {
    expect(JSON.parse((await gangway(['call', 'shop.ts', 'add', 'a=1', '--json'])).stdout)).toMatchObject({ content: [{ type: 'text' }], structuredContent: { sum: 2 } })
    const { stdout, code } = await gangway(['call', 'shop.ts', 'fail', '--json'])
    expect([JSON.parse(stdout), code]).toMatchObject([{ isError: true }, 7])
  })

  test('progress and logs do not go to stdout', async () => {
    expect(await gangway(['call', 'shop.ts', 'slow'])).toEqual(done('done\u001B[2J', 'info: half way\n[1/2] working\n'))
  })

  test('declines an elicitation without a terminal', async () => {
    expect(await gangway(['call', 'shop.ts', 'confirm'])).toEqual(done('decline', expect.stringMatching(/Buy it\?\n.*terminal/) as string))
  })
})

describe.concurrent('inspect', options, () => {
  test('as text', async () => {
    expect(await gangway(['inspect', 'shop.ts'])).toEqual(done(`${HEADING}\n\n${TOOLS}\n\n${REST}`))
  })

  test('as JSON with sorted names, the same for every target', async () => {
    const { stdout } = await gangway(['inspect', 'shop.ts', '--format', 'json'])
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(['capabilities', 'info', 'instructions', 'prompts', 'resourceTemplates', 'resources', 'revision', 'tools'])
    await gangwayHttp(['shop.ts', '-t', 'http'], async ({ href }) => {
      expect((await gangway(['inspect', href, '-f', 'json'])).stdout).toBe(stdout)
    })
    expect((await gangway(['inspect', 'mcp.json:shop', '-f', 'json'], { cwd: several() })).stdout).toBe(stdout)
  })

  test('an mcp.json: all its servers', async () => {
    const { stdout, stderr, code } = await gangway(['inspect', 'mcp.json'], { cwd: several() })
    expect(stdout).toContain('  shop_add(a: number')
    expect(stdout).toContain('gangway://upstreams')
    expect([stderr, code]).toEqual([expect.stringContaining('GANGWAY_E_UNREACHABLE: dead: '), 5])
  })
})

const core = "import { McpServer } from '@gangway/core'\n"
/** A server whose only tool answers with this. */
const telling = (expression: string): string => `${core}export default new McpServer({ name: 'x', version: '1' }).tool('tell', {}, () => String(${expression}))\n`

describe.concurrent('a server file with an environment', options, () => {
  test('the config file in the folder, or a named one', async () => {
    const cwd = project({
      'src/server.mjs': telling('[process.env.KEY, process.argv.slice(2)].join()'),
      'gangway.json': JSON.stringify({ server: 'src/server.mjs', transport: 'http', port: 0, env: { KEY: 'here' }, profiles: { prod: { env: { KEY: 'prod' } } } }),
      'other.json': JSON.stringify({ server: 'src/server.mjs', env: { KEY: 'other' } }),
    })
    const tools = done('Tools (1)\n  tell()')
    expect(await gangway(['list'], { cwd })).toEqual(tools)
    expect(await gangway(['inspect', '--profile', 'prod'], { cwd })).toMatchObject({ stdout: expect.stringContaining('tell()') as string, code: 0 })
    expect(await gangway(['call', 'tell'], { cwd })).toEqual(done('here,'))
    expect(await gangway(['call', 'tell', '--profile', 'prod'], { cwd })).toEqual(done('prod,'))
    expect(await gangway(['call', 'gangway.json', 'tell'], { cwd })).toEqual(done('here,'))
    expect(await gangway(['call', 'tell', '--config', 'other.json', '--', 'given'], { cwd })).toEqual(done('other,given'))
    expect(await gangway(['call', 'src/server.mjs', 'tell'], { cwd })).toEqual(done(','))
  })

  test('a package of the workspace, or an installed one', async () => {
    const files = { 'index.js': telling("'from a package'"), 'package.json': '{"name":"@shop/till","type":"module","exports":"./index.js"}' }
    const cwd = project({ 'package.json': '{"workspaces":["packages/*"]}', ...Object.fromEntries(Object.entries(files).flatMap(([name, text]) => ['packages/till', 'node_modules/@shop/till'].map((folder) => [`${folder}/${name}`, text]))) })
    for (const args of [['-m', '@shop/till'], ['--filter', 'till']]) expect(await gangway(['call', 'tell', ...args], { cwd })).toEqual(done('from a package'))
  })

  test('with variables and a project', async () => {
    const cwd = project({
      'server.mjs': `import { word } from 'lib'\n${telling('[word, process.env.A, process.env.B].join()')}`,
      'other/package.json': '{}',
      'other/node_modules/lib/package.json': '{"type":"module","exports":"./index.js"}',
      'other/node_modules/lib/index.js': "export const word = 'theirs'\n",
      'a.env': 'A=file\nB=file\n',
    })
    expect(await gangway(['call', 'server.mjs', 'tell', '--project', 'other', '--env', 'B=flag', '--env-file=a.env'], { cwd })).toEqual(done('theirs,file,flag'))
  })

  test('an unavailable environment has the error of run', async () => {
    const env = { XDG_CACHE_HOME: join(project({}), 'cache') }
    expect(await gangway(['list', 'shop.ts', '--with', 'color', '--no-install'], { env })).toEqual(refusal(6, 'GANGWAY_E_NOT_INSTALLED: color … --no-install'))
  })
})

describe.concurrent('invalid input', options, () => {
  test.each([
    [['list'], 2, 'GANGWAY_E_USAGE: file … URL … mcp.json … --command'],
    [['list', 'shop.ts', 'more'], 2, 'GANGWAY_E_USAGE: "more" … gangway call'],
    [['list', 'shop.ts', '--header', 'A: b'], 2, 'GANGWAY_E_USAGE: --header … URL'],
    [['list', '--command', "x 'y"], 2, 'GANGWAY_E_USAGE: --command … quotes'],
    [['list', 'shop.ts', '--timeout', '0'], 2, 'GANGWAY_E_USAGE: --timeout … "0" … seconds'],
    [['inspect', 'shop.ts', '-f', 'jsno'], 2, 'GANGWAY_E_USAGE: --format … "jsno" … text or json … json?'],
    [['list', 'http://127.0.0.1:1/mcp', '--', 'x'], 2, 'GANGWAY_E_USAGE: http://127.0.0.1:1/mcp'],
    [['list', 'http://127.0.0.1:1/mcp', '--with', 'zod'], 2, 'GANGWAY_E_USAGE: --with … http://127.0.0.1:1/mcp'],
    [['list', '--env', 'A=b', '--', 'npx', 'x'], 2, 'GANGWAY_E_USAGE: --env … npx'],
    [['list', 'shop.ts', '-m', 'till'], 2, 'GANGWAY_E_USAGE: -m … shop.ts'],
    [['call', 'shop.ts'], 2, 'GANGWAY_E_USAGE: name … URI … gangway list'],
    [['call', 'shop.ts', 'ad'], 2, 'GANGWAY_E_TOOL_NOT_FOUND: "ad" … "add"'],
    [['call', 'shop.ts', 'sumarise', '--prompt'], 2, 'GANGWAY_E_PROMPT_NOT_FOUND: "sumarise" … "summarise"'],
    [['call', 'shop.ts', 'add', 'b=1'], 2, `GANGWAY_E_ARGUMENT: "a" … ${SIGNATURE}`],
    [['call', 'shop.ts', 'add', 'a=1', 'mod=fast'], 2, `GANGWAY_E_ARGUMENT: "mod" … "mode" … ${SIGNATURE}`],
    [['call', 'shop.ts', 'shop://readme', 'a=1'], 2, 'GANGWAY_E_ARGUMENT: shop://readme'],
    [['call', 'shop.ts', 'shop://nothing'], 7, 'GANGWAY_E_REFUSED: shop://nothing … -32602'],
    [['list', '--command', 'no-such-command'], 5, 'GANGWAY_E_UNREACHABLE: no-such-command'],
  ])('%j', async (args, code, line) => {
    expect(await gangway(args)).toEqual(refusal(code, line))
  })

  test('a tool that fails', async () => {
    const { stdout, stderr, code } = await gangway(['call', 'shop.ts', 'fail'])
    expect({ stdout, code }).toEqual({ stdout: '', code: 7 })
    expect(stderr.startsWith('out of\u001B[31m stock\n')).toBe(true)
    expect(stderr).toMatch(errorPattern('GANGWAY_E_TOOL: "fail"'))
  })

  test('a tool that does not respond', async () => {
    const { stdout, stderr, code } = await gangway(['call', 'shop.ts', 'hang', '--timeout', '1'])
    expect([stdout, stderr, code]).toEqual(['', expect.stringMatching(/^gangway: GANGWAY_E_TIMEOUT: .*No response to tools\/call within 1000 ms\n$/), 5])
  })

  test('a file that does not load has the error and exit code of run', async () => {
    const cwd = project({ 'package.json': '{"type":"module"}', 'server.ts': 'console.error("on its way")\nexport const x = 1\n' })
    const { stderr, ...ended } = await gangway(['list', 'server.ts'], { cwd })
    expect(ended).toEqual({ stdout: '', code: 4 })
    expect(stderr).toContain('on its way\n')
    expect(stderr).toMatch(errorPattern(`GANGWAY_E_NO_SERVER: ${join(cwd, 'server.ts')} … x (number)`))
    expect(await gangway(['list', 'nowhere.ts'], { cwd })).toMatchObject({ stdout: '', code: 4 })
  })

  test('a file that does not load is started once', async () => {
    const cwd = project({ 'server.mjs': "console.error('started')\nthrow new Error('no database')\n" })
    for (const words of [['list', 'server.mjs'], ['call', 'server.mjs', 'add'], ['inspect', 'server.mjs']]) {
      const { stderr, code } = await gangway(words, { cwd })
      expect({ lines: stderr.split('\n').filter((line) => line === 'started'), code }).toEqual({ lines: ['started'], code: 4 })
    }
  })

  test('a URL of another service', async () => {
    await gangwayHttp(['shop.ts', '-t', 'http'], async ({ origin }) => {
      expect(await gangway(['list', `${origin}/elsewhere`])).toEqual({ stdout: '', stderr: expect.stringMatching(/^gangway: GANGWAY_E_HTTP_STATUS: .*404/) as string, code: 5 })
    })
  })
})
