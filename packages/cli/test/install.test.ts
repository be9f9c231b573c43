/** `gangway install` and `uninstall`, from the shell to the host's file. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { gangway, gangwayHttp, project } from './gangway.ts'

const options = { timeout: 60_000 }
const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url))

const two = `import { McpServer } from '@gangway/core'
export default new McpServer({ name: 'two', version: '1.0.0' }).tool('a', {}, () => '').tool('b', {}, () => '')
export const create = ({ args, env }) => {
  const server = new McpServer({ name: 'made', version: '1.0.0' })
  for (const name of [...args, ...(env.NAMES ?? '').split(',').filter(Boolean)]) server.tool(name, {}, () => '')
  return server
}
`

interface Files {
  [name: string]: string
}

/** Everything in a folder of its own, which is also the user's home. */
function machine(files: Files = {}) {
  const home = project({ 'package.json': '{"type":"module","name":"@me/shop"}', 'two.js': two, ...files })
  const run = (...args: string[]) =>
    gangway(args, { cwd: home, env: { HOME: home, USERPROFILE: home, XDG_CONFIG_HOME: '', CLAUDE_CONFIG_DIR: '', GEMINI_CLI_HOME: '', SHELL_ONLY: 'shell', ...environment } })
  const environment: Record<string, string> = {}
  return { home, run, environment, read: (path: string) => readFileSync(join(home, path), 'utf8') }
}

const entry = (home: string, ...rest: string[]) => ({ command: process.execPath, args: [bin, 'run', join(home, 'two.js'), '--transport', 'stdio', ...rest] })
const hosts: [target: string, path: string, member: string, typed: boolean][] = [
  ['claude-desktop', '.config/Claude/claude_desktop_config.json', 'mcpServers', false],
  ['claude-code', '.claude.json', 'mcpServers', true],
  ['cursor', '.cursor/mcp.json', 'mcpServers', false],
  ['vscode', '.config/Code/User/mcp.json', 'servers', true],
  ['gemini-cli', '.gemini/settings.json', 'mcpServers', false],
]

describe.concurrent('every host', options, () => {
  test.each(hosts)('%s', async (target, path, member, typed) => {
    const { home, run, read } = machine()
    const installed = await run('install', target, 'two.js')
    expect(installed).toMatchObject({ stdout: '', code: 0 })
    expect(installed.stderr).toMatch(new RegExp(`^"two" is now in [\\w ]+'s ${join(home, path)}\nStarted as [\\w ]+ will start it: 2 tools, \\d+ ms\n.* to use it\\.\n$`))
    expect(JSON.parse(read(path))).toEqual({ [member]: { two: { ...(typed && { type: 'stdio' }), ...entry(home) } } })
    expect(await run('uninstall', target, 'two')).toMatchObject({ stdout: '', code: 0 })
    expect(read(path)).toBe(`{\n  "${member}": {}\n}\n`)
  })

  test.each([
    ['claude-code', '.mcp.json'],
    ['cursor', '.cursor/mcp.json'],
    ['vscode', '.vscode/mcp.json'],
    ['gemini-cli', '.gemini/settings.json'],
  ])('%s in a project', async (target, path) => {
    const { home, run, read } = machine()
    expect(await run('install', target, 'two.js', '--scope', 'project', '--no-check')).toMatchObject({ code: 0 })
    expect(read(path)).toContain(join(home, 'two.js'))
    expect(await run('uninstall', target, './two.js', '--scope', 'project')).toMatchObject({ code: 0 })
    expect(read(path)).not.toContain('two')
  })
})

const crowded = `{
\t// mine
\t"mcpServers": {
\t\t"other": { "command":"uvx",  "args":["a"], "env":{"KEY":"sk-neighbour"} },
\t},
\t"apiKey": "sk-neighbour",
}`

describe.concurrent('the file', options, () => {
  test('keeps neighbours and comments byte for byte, and gets no members that nobody asked for', async () => {
    const { home, run, read } = machine({ 'hosts.json': crowded.replaceAll('\n', '\r\n') })
    expect(await run('install', 'cursor', 'two.js', '--config-path', 'hosts.json', '--no-check')).toEqual({ stdout: '', stderr: `"two" is now in Cursor's ${home}/hosts.json (as it was: ${home}/hosts.json.gangway.bak)\n`, code: 0 })
    const [before = '', after = ''] = crowded.split('},\n\t},').map((part) => part.replaceAll('\n', '\r\n'))
    expect(read('hosts.json').startsWith(`${before}},\r\n\t\t"two": {\r\n\t\t\t"command": `)).toBe(true)
    expect(read('hosts.json').endsWith(`\r\n\t\t},\r\n\t},${after}`)).toBe(true)
    expect(read('hosts.json.gangway.bak')).toBe(crowded.replaceAll('\n', '\r\n'))
    await run('uninstall', 'cursor', 'two', '--config-path', 'hosts.json')
    expect(read('hosts.json')).toBe(crowded.replaceAll('\n', '\r\n'))
  })

  test('is made with its folder, and an empty one is taken', async () => {
    const { run, read } = machine({ '.gemini/settings.json': '' })
    expect(await run('install', 'gemini-cli', 'two.js', '--no-check')).toMatchObject({ code: 0 })
    expect(JSON.parse(read('.gemini/settings.json'))).toHaveProperty('mcpServers.two')
  })

  test('that is not JSON stays as it is', async () => {
    const { home, run, read } = machine({ '.cursor/mcp.json': '{\n  "mcpServers": {,}\n}' })
    const line = `gangway: GANGWAY_E_HOST_CONFIG: ${home}/.cursor/mcp.json was left as it is, for its JSON cannot be used: value expected at ${home}/.cursor/mcp.json:2:18; mend that first\n`
    expect(await run('install', 'cursor', 'two.js')).toEqual({ stdout: '', stderr: line, code: 2 })
    expect(await run('install', 'cursor', 'two.js', '--dry-run')).toEqual({ stdout: '', stderr: line, code: 2 })
    expect(await run('uninstall', 'cursor', 'two')).toEqual({ stdout: '', stderr: line, code: 2 })
    expect(read('.cursor/mcp.json')).toBe('{\n  "mcpServers": {,}\n}')
    expect(readdirSync(join(home, '.cursor'))).toEqual(['mcp.json'])
  })

  test('that is a folder is refused', async () => {
    const { home, run } = machine()
    mkdirSync(join(home, '.cursor/mcp.json'), { recursive: true })
    expect(await run('install', 'cursor', 'two.js')).toMatchObject({ stderr: expect.stringContaining('/mcp.json is a folder'), code: 2 })
  })

  test('gets each of ten that are installed at once', async () => {
    const { run, read } = machine()
    const names = Array.from({ length: 10 }, (_, index) => `n${index}`)
    await Promise.all(names.map((name) => run('install', 'cursor', 'two.js', '--name', name, '--no-check')))
    expect(Object.keys((JSON.parse(read('.cursor/mcp.json')) as { mcpServers: object }).mcpServers).toSorted()).toEqual(names)
  })
})

describe.concurrent('an entry of that name', options, () => {
  test('that is not from gangway stays, and goes with --force', async () => {
    const text = '{"mcpServers":{"two":{"command":"npx"}}}'
    const { home, run, read } = machine({ '.cursor/mcp.json': text })
    const fault = (wayOut: string): string => `gangway: GANGWAY_E_ENTRY_TAKEN: "two" in ${home}/.cursor/mcp.json is not from gangway: ${wayOut}\n`
    expect(await run('install', 'cursor', 'two.js')).toEqual({ stdout: '', stderr: fault('choose another --name, or replace it with --force'), code: 2 })
    expect(await run('uninstall', 'cursor', 'two')).toEqual({ stdout: '', stderr: fault('remove it all the same with --force'), code: 2 })
    expect(read('.cursor/mcp.json')).toBe(text)
    expect(await run('install', 'cursor', 'two.js', '--force', '--no-check')).toMatchObject({ code: 0 })
    expect(JSON.parse(read('.cursor/mcp.json'))).toEqual({ mcpServers: { two: entry(home) } })
  })

  test('that runs another file stays', async () => {
    const { home, run } = machine({ 'other/two.js': two })
    await run('install', 'cursor', 'other/two.js', '--no-check')
    expect((await run('install', 'cursor', 'two.js')).stderr).toBe(`gangway: GANGWAY_E_ENTRY_TAKEN: "two" in ${home}/.cursor/mcp.json runs ${home}/other/two.js: choose another --name, or replace it with --force\n`)
  })

  test('that is the same is left alone', async () => {
    const { home, run } = machine()
    await run('install', 'cursor', 'two.js', '--no-check')
    expect((await run('install', 'cursor', 'two.js', '--no-check')).stderr).toBe(`"two" was already in Cursor's ${home}/.cursor/mcp.json\n`)
    expect((await run('install', 'cursor', 'two.js', '--dry-run')).stderr).toBe(`${home}/.cursor/mcp.json would not change.\n`)
    expect(readdirSync(join(home, '.cursor'))).toEqual(['mcp.json'])
  })

  test('that is ours keeps what was added to it', async () => {
    const { home, run, read } = machine()
    await run('install', 'cursor', 'two.js', '--no-check', '--env', 'A=1')
    const file = join(home, '.cursor/mcp.json')
    writeFileSync(file, read('.cursor/mcp.json').replace('"command"', '"disabled": true,\n      "command"'))
    await run('install', 'cursor', 'two.js', '--no-check', '--', 'x')
    expect(JSON.parse(read('.cursor/mcp.json'))).toEqual({ mcpServers: { two: { ...entry(home, '--', 'x'), disabled: true } } })
  })

  test('that is not there cannot be removed', async () => {
    const { home, run } = machine()
    expect(await run('uninstall', 'cursor', 'two')).toEqual({ stdout: '', stderr: `gangway: GANGWAY_E_ENTRY_NOT_FOUND: There is no "two" in ${home}/.cursor/mcp.json: check the name, the --scope and the target\n`, code: 2 })
    expect(existsSync(join(home, '.cursor'))).toBe(false)
  })
})

describe.concurrent('--dry-run', options, () => {
  test('shows the difference without secrets, and writes nothing', async () => {
    const { home, run, read } = machine({ 'hosts.json': crowded })
    const { stdout, stderr, code } = await run('install', 'cursor', 'two.js', '--config-path', 'hosts.json', '--dry-run', '--env', 'TOKEN=sk-own', '--', '--db')
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    const [command, args] = [process.execPath, [bin, 'run', join(home, 'two.js'), '--transport', 'stdio', '--', '--db']]
    expect(stdout).toBe(
      [
        `--- ${home}/hosts.json`,
        `+++ ${home}/hosts.json`,
        '@@ -3,4 +3,19 @@',
        ' \t"mcpServers": {',
        ' \t\t"other": { "command":"***",  "args":["***"], "env":{"KEY":"***"} },',
        '+\t\t"two": {',
        `+\t\t\t"command": ${JSON.stringify(command)},`,
        '+\t\t\t"args": [',
        ...args.map((arg, index) => `+\t\t\t\t${JSON.stringify(arg)}${index < args.length - 1 ? ',' : ''}`),
        '+\t\t\t],',
        '+\t\t\t"env": {',
        '+\t\t\t\t"TOKEN": "***"',
        '+\t\t\t}',
        '+\t\t},',
        ' \t},',
        ' \t"apiKey": "***",',
        '',
      ].join('\n'),
    )
    expect(read('hosts.json')).toBe(crowded)
    expect(readdirSync(home)).not.toContain('hosts.json.gangway.bak')
  })

  test('starts nothing, mcp-json neither', async () => {
    const { run } = machine()
    expect(await run('install', 'mcp-json', 'two.js', '--dry-run')).toMatchObject({ stdout: expect.stringContaining('mcpServers'), stderr: '', code: 0 })
  })

  test('shows a new file, and what goes', async () => {
    const { home, run } = machine()
    expect((await run('install', 'cursor', 'two.js', '--dry-run')).stdout).toMatch(/^--- \/dev\/null\n\+\+\+ .*\/\.cursor\/mcp\.json\n@@ -0,0 \+1,14 @@\n\+\{\n/)
    expect(existsSync(join(home, '.cursor'))).toBe(false)
    await run('install', 'cursor', 'two.js', '--no-check')
    expect((await run('uninstall', 'cursor', 'two', '--dry-run')).stdout).toContain('\n-    "two": {\n')
    expect(existsSync(join(home, '.cursor/mcp.json'))).toBe(true)
  })

  test('cuts a file that is all on one line to what changes', async () => {
    const { run } = machine({ '.cursor/mcp.json': `{"history":${JSON.stringify(Array.from({ length: 500 }, (_, index) => index))},"mcpServers":{"a":{"url":"sk-neighbour"}}}` })
    const { stdout } = await run('install', 'cursor', 'two.js', '--dry-run')
    expect(stdout).toMatch(/\n-….{30,60}\n\+….*"two":\{"command":.*\n$/)
    expect(stdout).not.toContain('sk-neighbour')
    expect(stdout).not.toContain('100,101')
  })

  test('tells of secrets that change without showing them', async () => {
    const { home, run } = machine()
    await run('install', 'cursor', 'two.js', '--no-check', '--env', 'TOKEN=sk-old')
    expect(await run('install', 'cursor', 'two.js', '--dry-run', '--env', 'TOKEN=sk-new')).toEqual({ stdout: '', stderr: `Only values that are not shown would change in ${home}/.cursor/mcp.json.\n`, code: 0 })
  })
})

describe.concurrent('mcp-json', options, () => {
  const odd = `[red]${'x'.repeat(200)}[/red] "\\ ü`

  test('prints JSON and nothing else, whatever is in it', async () => {
    const { home, run } = machine({ '.env': `ODD='${odd}'\nTOKEN=from-file\n` })
    const { stdout, stderr, code } = await run('install', 'mcp-json', 'two.js', '--env-file', '.env', '--env', 'TOKEN=given=twice', '--', odd)
    expect(JSON.parse(stdout)).toEqual({ mcpServers: { two: { ...entry(home, '--', odd), env: { ODD: odd, TOKEN: 'given=twice' } } } })
    expect(stderr).toMatch(/^Started as a host will start it: 2 tools, \d+ ms\n$/)
    expect(code).toBe(0)
  })

  test('writes to a file that is named', async () => {
    const { home, run, read } = machine()
    expect(await run('install', 'mcp-json', 'two.js', '--config-path', 'mcp.json')).toMatchObject({ stdout: '', code: 0 })
    expect(JSON.parse(read('mcp.json'))).toEqual({ mcpServers: { two: entry(home) } })
    expect(await run('uninstall', 'mcp-json', 'two', '--config-path', 'mcp.json')).toMatchObject({ code: 0 })
    expect(await run('uninstall', 'mcp-json', 'two')).toMatchObject({ stderr: 'gangway: GANGWAY_E_USAGE: mcp.json is no host with a file of its own: name the file with --config-path\n', code: 2 })
  })
})

describe.concurrent('the server is started', options, () => {
  test('with its arguments and variables, and without those of the shell', async () => {
    const { run, environment } = machine({ 'shell.js': two.replace('export const create', 'if (process.env.SHELL_ONLY || process.env.PATH.includes("nvm")) throw new Error("This is a shell")\nexport const create') })
    environment['PATH'] = `/nvm/bin:${process.env['PATH']}`
    expect((await run('install', 'cursor', 'shell.js:create', '--env', 'NAMES=x,y', '--', 'one')).stderr).toContain('will start it: 3 tools, ')
    expect((await run('run', 'shell.js')).stderr).toContain('This is a shell')
  })

  test('though its own run() asks for another transport', async () => {
    const { run } = machine({ 'own.js': `${two}\nimport s from './two.js'\nawait s.run({ transport: 'http', port: 0 })\n` })
    expect((await run('install', 'cursor', 'own.js')).stderr).toContain('will start it: 2 tools, ')
  })

  test('and has no tools, or pages of them', async () => {
    const { run } = machine({
      'none.js': "import { McpServer } from '@gangway/core'\nexport default new McpServer({ name: 'none', version: '1.0.0' })",
      'pages.js': two.replace("version: '1.0.0' }).tool", "version: '1.0.0', pageSize: 1 }).tool"),
    })
    expect((await run('install', 'cursor', 'none.js')).stderr).toContain('will start it: 0 tools, ')
    expect((await run('install', 'cursor', 'pages.js')).stderr).toContain('will start it: 2 tools, ')
  })

  test('and if it does not load, says why, and that the entry stays', async () => {
    const { home, run, read } = machine({ 'bad.js': "console.error('the token is sk-own')\nthrow new Error('no database')" })
    const { stdout, stderr, code } = await run('install', 'cursor', 'bad.js', '--env', 'PART=sk-o', '--env', 'TOKEN=sk-own')
    expect({ stdout, code }).toEqual({ stdout: '', code: 4 })
    expect(stderr.split('\n')).toEqual([
      `"bad" is now in Cursor's ${home}/.cursor/mcp.json`,
      '  the token is ***',
      `  gangway: GANGWAY_E_LOAD: ${home}/bad.js threw while loading, no database: see ${home}/bad.js:2:7`,
      expect.stringMatching(/^gangway: GANGWAY_E_CHECK: "bad" is now in Cursor's .*\/mcp\.json, but as Cursor will start it the server does not answer, it ended \(exit code 4\): /),
      '',
    ])
    expect(read('.cursor/mcp.json')).toContain('bad.js')
  })
})

const installed = (read: (path: string) => string): Record<string, { args: string[] }> => (JSON.parse(read('.cursor/mcp.json')) as { mcpServers: Record<string, { args: string[] }> }).mcpServers
const argsOf = (spec: string, ...rest: string[]): object => ({ args: [bin, 'run', spec, '--transport', 'stdio', ...rest] })

describe.concurrent('whatever run takes:', options, () => {
  test('a config file, or the one that is here, and its profile', async () => {
    const config = { server: 'two.js:create', transport: 'http', args: ['one'], profiles: { many: { args: ['one', 'two', 'three'] } } }
    const { home, run, read } = machine({ 'gangway.json': JSON.stringify(config), 'sub/prod.gangway.json': JSON.stringify({ server: '../two.js' }) })
    expect((await run('install', 'cursor')).stderr).toContain('"shop" is now in Cursor\'s')
    expect((await run('install', 'cursor', '--profile', 'many', '--name', 'many')).stderr).toContain('will start it: 3 tools, ')
    expect((await run('install', 'cursor', 'sub/prod.gangway.json')).stderr).toContain('will start it: 2 tools, ')
    expect(installed(read)).toMatchObject({ shop: argsOf(join(home, 'gangway.json')), many: argsOf(join(home, 'gangway.json'), '--profile', 'many'), 'prod-gangway': argsOf(join(home, 'sub/prod.gangway.json')) })
  })

  test('an address, and servers of an mcp.json, all or one', async () => {
    const { home, run, read } = machine({ 'mcp.json': JSON.stringify({ mcpServers: { 'the-two': { command: process.execPath, args: [bin, 'run', 'two.js'] }, other: { command: process.execPath, args: [bin, 'run', 'two.js:create', '--', 'one'] } } }) })
    await gangwayHttp([join(home, 'two.js'), '-t', 'http'], async ({ href }) => {
      expect((await run('install', 'cursor', href)).stderr).toContain('will start it: 2 tools, ')
      expect(installed(read)).toMatchObject({ '127-0-0-1': argsOf(href) })
      expect(await run('uninstall', 'cursor', href)).toMatchObject({ code: 0 })
    })
    expect((await run('install', 'cursor', 'mcp.json')).stderr).toContain('will start it: 3 tools, ')
    expect((await run('install', 'cursor', 'mcp.json:the-two')).stderr).toContain('will start it: 2 tools, ')
    expect(installed(read)).toEqual({ shop: expect.objectContaining(argsOf(join(home, 'mcp.json'))) as object, 'the-two': expect.objectContaining(argsOf(join(home, 'mcp.json:the-two'))) as object })
    expect(await run('uninstall', 'cursor', 'mcp.json:the-two')).toMatchObject({ code: 0 })
    expect(Object.keys(installed(read))).toEqual(['shop'])
  })

  test('a package, and what a server runs in, by absolute paths', async () => {
    const { home, run, read } = machine({ 'node_modules/@shop/till/package.json': '{"type":"module","exports":"./dist/index.js"}', 'node_modules/@shop/till/dist/index.js': two })
    const file = join(home, 'node_modules/@shop/till/dist/index.js')
    expect((await run('install', 'cursor', '-m', '@shop/till:create', '--project', '.', '--', 'one')).stderr).toContain('will start it: 1 tool, ')
    expect((await run('install', 'cursor', 'two.js', '--no-check', '--with', './node_modules/@shop/till', '--with', 'zod@4', '--with-package-json', 'package.json', '--node', '24', '--no-install')).stderr).toContain('"two" is now in')
    expect((await run('install', 'cursor', '-m', 'later', '--with', 'later@1', '--no-check')).stderr).toContain('"later" is now in')
    const flags = ['--with', join(home, 'node_modules/@shop/till'), '--with', 'zod@4', '--with-package-json', join(home, 'package.json'), '--node', '24', '--no-install']
    expect(installed(read)).toMatchObject({ till: argsOf(`${file}:create`, '--project', home, '--', 'one'), two: argsOf(join(home, 'two.js'), ...flags), later: argsOf('--module=later', '--with', 'later@1') })
  })
})

describe.concurrent('what cannot be installed leaves no trace:', options, () => {
  const near = 'did you mean'
  test.each<[string, string[], string, number]>([
    ['no such file', ['cursor', 'tow.js'], `GANGWAY_E_FILE_NOT_FOUND: There is no file HOME/tow.js: ${near} HOME/two.js?`, 4],
    ['a folder', ['cursor', '.'], 'GANGWAY_E_NOT_A_FILE: HOME is a folder: name the file in it that exports the server', 4],
    ['nothing', ['cursor'], "GANGWAY_E_USAGE: There is nothing to run in HOME, for it has none of gangway.config.ts, gangway.config.mts, gangway.config.js, gangway.config.mjs, gangway.json: name the server's file (gangway run server.ts), or make one of them", 2],
    ['a package that is not installed', ['cursor', '-m', 'nowhere'], 'GANGWAY_E_PACKAGE_NOT_FOUND: The package nowhere is not installed in HOME: npm install nowhere, or say --with nowhere', 6],
    ['a file and a package', ['cursor', 'two.js', '-m', 'x'], "GANGWAY_E_USAGE: -m names a package and 'two.js' a file: leave one out", 2],
    ['what is no address', ['cursor', 'http://'], 'GANGWAY_E_URL: "http://" is not an HTTP address: write it as https://host:port/path', 2],
    ['an address with arguments', ['cursor', 'https://example.com/mcp', '--', 'x'], 'GANGWAY_E_USAGE: https://example.com/mcp is served elsewhere, and takes no arguments: leave out what follows --', 2],
    ['an address with packages', ['cursor', 'https://example.com/mcp', '--with', 'zod'], 'GANGWAY_E_USAGE: --with is for a server that runs here, and https://example.com/mcp is elsewhere: leave it out', 2],
    ['a profile of no config', ['cursor', 'two.js', '--profile', 'prod'], 'GANGWAY_E_USAGE: --profile names a part of a config file, and none is used: leave it out', 2],
    ['no such target', ['cursr', 'two.js'], `GANGWAY_E_USAGE: <target> cannot be 'cursr': ${near} cursor? use claude-desktop, claude-code, cursor, vscode, gemini-cli, mcp-json`, 2],
    ['no such scope', ['cursor', 'two.js', '--scope', 'team'], "GANGWAY_E_USAGE: --scope cannot be 'team': use user, project", 2],
    ['a scope that the target lacks', ['claude-desktop', 'two.js', '--scope', 'project'], 'GANGWAY_E_USAGE: Claude Desktop has no configuration with --scope project: use --scope user, or leave it out', 2],
    ['a scope and a file', ['cursor', 'two.js', '--scope', 'user', '--config-path', 'x'], "GANGWAY_E_USAGE: option '--config-path <file>' cannot be used with option '--scope <scope>': see gangway install --help", 2],
    ['an odd name', ['cursor', 'two.js', '--name', 'a\n/b'], 'GANGWAY_E_USAGE: Cursor takes no server called "a\\n/b": choose a --name of up to 64 letters, digits, spaces and . _ -, the first a letter, digit or _', 2],
    ['a variable without a value', ['cursor', 'two.js', '--env', 'sk-own'], 'GANGWAY_E_USAGE: --env takes NAME=value, and one of them is not so: letters, digits and _ . - in the name, then =', 2],
    ['a misspelt flag', ['cursor', 'two.js', '--dryrun'], `GANGWAY_E_USAGE: unknown option '--dryrun': ${near} --dry-run?`, 2],
    ['an argument too many', ['cursor', 'two.js', 'x'], "GANGWAY_E_USAGE: too many arguments for 'install'. Expected 2 arguments but got 3: put those of the server after --", 2],
  ])('%s', async (_what, args, line, code) => {
    const { home, run } = machine()
    expect(await run('install', ...args)).toEqual({ stdout: '', stderr: `gangway: ${line.replaceAll('HOME', home)}\n`, code })
    expect(readdirSync(home).toSorted()).toEqual(['node_modules', 'package.json', 'two.js'])
  })
})
