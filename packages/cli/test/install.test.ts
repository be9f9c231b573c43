/** `gangway install` and `uninstall`, from the shell to the host's file. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { errorLine, gangway, gangwayHttp, project } from './gangway.ts'

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
    expect(installed.stderr).toMatch(new RegExp(`^"two" .*${join(home, path)}\n.*2 tools, \\d+ ms.*\n.* to use it\\.\n$`))
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
  test('keeps other entries and comments byte for byte, and gets no additional members', async () => {
    const { home, run, read } = machine({ 'hosts.json': crowded.replaceAll('\n', '\r\n') })
    expect(await run('install', 'cursor', 'two.js', '--config-path', 'hosts.json', '--no-check')).toEqual({ stdout: '', stderr: expect.stringMatching(`^"two" .*${home}/hosts.json .*${home}/hosts.json.gangway.bak[^\n]*\n$`), code: 0 })
    const [before = '', after = ''] = crowded.split('},\n\t},').map((part) => part.replaceAll('\n', '\r\n'))
    expect(read('hosts.json').startsWith(`${before}},\r\n\t\t"two": {\r\n\t\t\t"command": `)).toBe(true)
    expect(read('hosts.json').endsWith(`\r\n\t\t},\r\n\t},${after}`)).toBe(true)
    expect(read('hosts.json.gangway.bak')).toBe(crowded.replaceAll('\n', '\r\n'))
    await run('uninstall', 'cursor', 'two', '--config-path', 'hosts.json')
    expect(read('hosts.json')).toBe(crowded.replaceAll('\n', '\r\n'))
  })

  test('is created with its folder, and an empty file is accepted', async () => {
    const { run, read } = machine({ '.gemini/settings.json': '' })
    expect(await run('install', 'gemini-cli', 'two.js', '--no-check')).toMatchObject({ code: 0 })
    expect(JSON.parse(read('.gemini/settings.json'))).toHaveProperty('mcpServers.two')
  })

  test('that is not JSON is unchanged', async () => {
    const { home, run, read } = machine({ '.cursor/mcp.json': '{\n  "mcpServers": {,}\n}' })
    const line = errorLine(`GANGWAY_E_HOST_CONFIG: ${home}/.cursor/mcp.json:2:18`)
    expect(await run('install', 'cursor', 'two.js')).toEqual({ stdout: '', stderr: line, code: 2 })
    expect(await run('install', 'cursor', 'two.js', '--dry-run')).toEqual({ stdout: '', stderr: line, code: 2 })
    expect(await run('uninstall', 'cursor', 'two')).toEqual({ stdout: '', stderr: line, code: 2 })
    expect(read('.cursor/mcp.json')).toBe('{\n  "mcpServers": {,}\n}')
    expect(readdirSync(join(home, '.cursor'))).toEqual(['mcp.json'])
  })

  test('that is a folder is rejected', async () => {
    const { home, run } = machine()
    mkdirSync(join(home, '.cursor/mcp.json'), { recursive: true })
    expect(await run('install', 'cursor', 'two.js')).toMatchObject({ stderr: expect.stringContaining('/mcp.json is a folder'), code: 2 })
  })

  test('gets all of ten concurrent installs', async () => {
    const { run, read } = machine()
    const names = Array.from({ length: 10 }, (_, index) => `n${index}`)
    await Promise.all(names.map((name) => run('install', 'cursor', 'two.js', '--name', name, '--no-check')))
    expect(Object.keys((JSON.parse(read('.cursor/mcp.json')) as { mcpServers: object }).mcpServers).toSorted()).toEqual(names)
  })
})

describe.concurrent('an entry with the same name', options, () => {
  test('that is not from gangway stays, and is replaced with --force', async () => {
    const text = '{"mcpServers":{"two":{"command":"npx"}}}'
    const { home, run, read } = machine({ '.cursor/mcp.json': text })
    const fault = (remedy: string): string => errorLine(`GANGWAY_E_ENTRY_TAKEN: "two" … ${home}/.cursor/mcp.json … ${remedy}`)
    expect(await run('install', 'cursor', 'two.js')).toEqual({ stdout: '', stderr: fault('--name … --force'), code: 2 })
    expect(await run('uninstall', 'cursor', 'two')).toEqual({ stdout: '', stderr: fault('--force'), code: 2 })
    expect(read('.cursor/mcp.json')).toBe(text)
    expect(await run('install', 'cursor', 'two.js', '--force', '--no-check')).toMatchObject({ code: 0 })
    expect(JSON.parse(read('.cursor/mcp.json'))).toEqual({ mcpServers: { two: entry(home) } })
  })

  test('that runs another file stays', async () => {
    const { home, run } = machine({ 'other/two.js': two })
    await run('install', 'cursor', 'other/two.js', '--no-check')
    expect((await run('install', 'cursor', 'two.js')).stderr).toEqual(errorLine(`GANGWAY_E_ENTRY_TAKEN: "two" … ${home}/.cursor/mcp.json … ${home}/other/two.js … --name … --force`))
  })

  test('that is the same is not written', async () => {
    const { home, run } = machine()
    await run('install', 'cursor', 'two.js', '--no-check')
    expect((await run('install', 'cursor', 'two.js', '--no-check')).stderr).toMatch(`"two" is already in the configuration of Cursor, ${home}/.cursor/mcp.json\n`)
    expect((await run('install', 'cursor', 'two.js', '--dry-run')).stderr).toBe(`${home}/.cursor/mcp.json would not change.\n`)
    expect(readdirSync(join(home, '.cursor'))).toEqual(['mcp.json'])
  })

  test('that is from gangway keeps additions', async () => {
    const { home, run, read } = machine()
    await run('install', 'cursor', 'two.js', '--no-check', '--env', 'A=1')
    const file = join(home, '.cursor/mcp.json')
    writeFileSync(file, read('.cursor/mcp.json').replace('"command"', '"disabled": true,\n      "command"'))
    await run('install', 'cursor', 'two.js', '--no-check', '--', 'x')
    expect(JSON.parse(read('.cursor/mcp.json'))).toEqual({ mcpServers: { two: { ...entry(home, '--', 'x'), disabled: true } } })
  })

  test('that does not exist cannot be removed', async () => {
    const { home, run } = machine()
    expect(await run('uninstall', 'cursor', 'two')).toEqual({ stdout: '', stderr: errorLine(`GANGWAY_E_ENTRY_NOT_FOUND: "two" … ${home}/.cursor/mcp.json … --scope`), code: 2 })
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

  test('starts nothing, also with mcp-json', async () => {
    const { run } = machine()
    expect(await run('install', 'mcp-json', 'two.js', '--dry-run')).toMatchObject({ stdout: expect.stringContaining('mcpServers'), stderr: '', code: 0 })
  })

  test('shows a new file, and removed lines', async () => {
    const { home, run } = machine()
    expect((await run('install', 'cursor', 'two.js', '--dry-run')).stdout).toMatch(/^--- \/dev\/null\n\+\+\+ .*\/\.cursor\/mcp\.json\n@@ -0,0 \+1,14 @@\n\+\{\n/)
    expect(existsSync(join(home, '.cursor'))).toBe(false)
    await run('install', 'cursor', 'two.js', '--no-check')
    expect((await run('uninstall', 'cursor', 'two', '--dry-run')).stdout).toContain('\n-    "two": {\n')
    expect(existsSync(join(home, '.cursor/mcp.json'))).toBe(true)
  })

  test('shortens a one-line file to the change', async () => {
    const { run } = machine({ '.cursor/mcp.json': `{"history":${JSON.stringify(Array.from({ length: 500 }, (_, index) => index))},"mcpServers":{"a":{"url":"sk-neighbour"}}}` })
    const { stdout } = await run('install', 'cursor', 'two.js', '--dry-run')
    expect(stdout).toMatch(/\n-….{30,60}\n\+….*"two":\{"command":.*\n$/)
    expect(stdout).not.toContain('sk-neighbour')
    expect(stdout).not.toContain('100,101')
  })

  test('reports changed secrets without showing them', async () => {
    const { home, run } = machine()
    await run('install', 'cursor', 'two.js', '--no-check', '--env', 'TOKEN=sk-old')
    expect(await run('install', 'cursor', 'two.js', '--dry-run', '--env', 'TOKEN=sk-new')).toEqual({ stdout: '', stderr: `Only hidden values would change in ${home}/.cursor/mcp.json.\n`, code: 0 })
  })
})

describe.concurrent('mcp-json', options, () => {
  const odd = `[red]${'x'.repeat(200)}[/red] "\\ ü`

  test('prints only JSON, whatever it contains', async () => {
    const { home, run } = machine({ '.env': `ODD='${odd}'\nTOKEN=from-file\n` })
    const { stdout, stderr, code } = await run('install', 'mcp-json', 'two.js', '--env-file', '.env', '--env', 'TOKEN=given=twice', '--', odd)
    expect(JSON.parse(stdout)).toEqual({ mcpServers: { two: { ...entry(home, '--', odd), env: { ODD: odd, TOKEN: 'given=twice' } } } })
    expect(stderr).toMatch(/2 tools, \d+ ms/)
    expect(code).toBe(0)
  })

  test('writes to a named file', async () => {
    const { home, run, read } = machine()
    expect(await run('install', 'mcp-json', 'two.js', '--config-path', 'mcp.json')).toMatchObject({ stdout: '', code: 0 })
    expect(JSON.parse(read('mcp.json'))).toEqual({ mcpServers: { two: entry(home) } })
    expect(await run('uninstall', 'mcp-json', 'two', '--config-path', 'mcp.json')).toMatchObject({ code: 0 })
    expect(await run('uninstall', 'mcp-json', 'two')).toMatchObject({ stderr: errorLine('GANGWAY_E_USAGE: mcp.json … --config-path'), code: 2 })
  })
})

describe.concurrent('the check starts the server', options, () => {
  test('with its arguments and variables, and without those of the shell', async () => {
    const { run, environment } = machine({ 'shell.js': two.replace('export const create', 'if (process.env.SHELL_ONLY || process.env.PATH.includes("nvm")) throw new Error("This is a shell")\nexport const create') })
    environment['PATH'] = `/nvm/bin:${process.env['PATH']}`
    expect((await run('install', 'cursor', 'shell.js:create', '--env', 'NAMES=x,y', '--', 'one')).stderr).toContain('(3 tools, ')
    expect((await run('run', 'shell.js')).stderr).toContain('This is a shell')
  })

  test('on stdio, although its own run() requests another transport', async () => {
    const { run } = machine({ 'own.js': `${two}\nimport s from './two.js'\nawait s.run({ transport: 'http', port: 0 })\n` })
    expect((await run('install', 'cursor', 'own.js')).stderr).toContain('(2 tools, ')
  })

  test('also without tools, or with pages of tools', async () => {
    const { run } = machine({
      'none.js': "import { McpServer } from '@gangway/core'\nexport default new McpServer({ name: 'none', version: '1.0.0' })",
      'pages.js': two.replace("version: '1.0.0' }).tool", "version: '1.0.0', pageSize: 1 }).tool"),
    })
    expect((await run('install', 'cursor', 'none.js')).stderr).toContain('(0 tools, ')
    expect((await run('install', 'cursor', 'pages.js')).stderr).toContain('(2 tools, ')
  })

  test('and if it does not load, prints the reason, and that the entry stays', async () => {
    const { run, read } = machine({ 'bad.js': "console.error('the token is sk-own')\nthrow new Error('no database')" })
    const { stdout, stderr, code } = await run('install', 'cursor', 'bad.js', '--env', 'PART=sk-o', '--env', 'TOKEN=sk-own')
    expect({ stdout, code }).toEqual({ stdout: '', code: 4 })
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/"bad" .*Cursor.*\/\.cursor\/mcp\.json/),
      '  the token is ***',
      expect.stringMatching(/^ {2}gangway: GANGWAY_E_LOAD: .*no database.*\/bad\.js:2:7/),
      expect.stringMatching(/^gangway: GANGWAY_E_CHECK: .*"bad".*mcp\.json.*code 4/),
      '',
    ])
    expect(read('.cursor/mcp.json')).toContain('bad.js')
  })
})

const installed = (read: (path: string) => string): Record<string, { args: string[] }> => (JSON.parse(read('.cursor/mcp.json')) as { mcpServers: Record<string, { args: string[] }> }).mcpServers
const argsOf = (spec: string, ...rest: string[]): object => ({ args: [bin, 'run', spec, '--transport', 'stdio', ...rest] })

describe.concurrent('accepts every target of run:', options, () => {
  test('a config file, or the one in the folder, with a profile', async () => {
    const config = { server: 'two.js:create', transport: 'http', args: ['one'], profiles: { many: { args: ['one', 'two', 'three'] } } }
    const { home, run, read } = machine({ 'gangway.json': JSON.stringify(config), 'sub/prod.gangway.json': JSON.stringify({ server: '../two.js' }) })
    expect((await run('install', 'cursor')).stderr).toContain('"shop" is now in the configuration of Cursor')
    expect((await run('install', 'cursor', '--profile', 'many', '--name', 'many')).stderr).toContain('(3 tools, ')
    expect((await run('install', 'cursor', 'sub/prod.gangway.json')).stderr).toContain('(2 tools, ')
    expect(installed(read)).toMatchObject({ shop: argsOf(join(home, 'gangway.json')), many: argsOf(join(home, 'gangway.json'), '--profile', 'many'), 'prod-gangway': argsOf(join(home, 'sub/prod.gangway.json')) })
  })

  test('a URL, and an mcp.json with all or one of its servers', async () => {
    const { home, run, read } = machine({ 'mcp.json': JSON.stringify({ mcpServers: { 'the-two': { command: process.execPath, args: [bin, 'run', 'two.js'] }, other: { command: process.execPath, args: [bin, 'run', 'two.js:create', '--', 'one'] } } }) })
    await gangwayHttp([join(home, 'two.js'), '-t', 'http'], async ({ href }) => {
      expect((await run('install', 'cursor', href)).stderr).toContain('(2 tools, ')
      expect(installed(read)).toMatchObject({ '127-0-0-1': argsOf(href) })
      expect(await run('uninstall', 'cursor', href)).toMatchObject({ code: 0 })
    })
    expect((await run('install', 'cursor', 'mcp.json')).stderr).toContain('(3 tools, ')
    expect((await run('install', 'cursor', 'mcp.json:the-two')).stderr).toContain('(2 tools, ')
    expect(installed(read)).toEqual({ shop: expect.objectContaining(argsOf(join(home, 'mcp.json'))) as object, 'the-two': expect.objectContaining(argsOf(join(home, 'mcp.json:the-two'))) as object })
    expect(await run('uninstall', 'cursor', 'mcp.json:the-two')).toMatchObject({ code: 0 })
    expect(Object.keys(installed(read))).toEqual(['shop'])
  })

  test('a package, and environment options, with absolute paths', async () => {
    const { home, run, read } = machine({ 'node_modules/@shop/till/package.json': '{"type":"module","exports":"./dist/index.js"}', 'node_modules/@shop/till/dist/index.js': two })
    const file = join(home, 'node_modules/@shop/till/dist/index.js')
    expect((await run('install', 'cursor', '-m', '@shop/till:create', '--project', '.', '--', 'one')).stderr).toContain('(1 tool, ')
    expect((await run('install', 'cursor', 'two.js', '--no-check', '--with', './node_modules/@shop/till', '--with', 'zod@4', '--with-package-json', 'package.json', '--node', '24', '--no-install')).stderr).toContain('"two" is now in')
    expect((await run('install', 'cursor', '-m', 'later', '--with', 'later@1', '--no-check')).stderr).toContain('"later" is now in')
    const flags = ['--with', join(home, 'node_modules/@shop/till'), '--with', 'zod@4', '--with-package-json', join(home, 'package.json'), '--node', '24', '--no-install']
    expect(installed(read)).toMatchObject({ till: argsOf(`${file}:create`, '--project', home, '--', 'one'), two: argsOf(join(home, 'two.js'), ...flags), later: argsOf('--module=later', '--with', 'later@1') })
  })
})

describe.concurrent('an invalid target leaves no trace:', options, () => {
  test.each<[string, string[], string, number]>([
    ['no such file', ['cursor', 'tow.js'], `GANGWAY_E_FILE_NOT_FOUND: HOME/tow.js … HOME/two.js?`, 4],
    ['a folder', ['cursor', '.'], 'GANGWAY_E_NOT_A_FILE: HOME', 4],
    ['nothing', ['cursor'], 'GANGWAY_E_USAGE: HOME … gangway run server.ts … gangway.config.ts', 2],
    ['a package that is not installed', ['cursor', '-m', 'nowhere'], 'GANGWAY_E_PACKAGE_NOT_FOUND: HOME … npm install nowhere … --with nowhere', 6],
    ['a file and a package', ['cursor', 'two.js', '-m', 'x'], 'GANGWAY_E_USAGE: -m … two.js', 2],
    ['an invalid URL', ['cursor', 'http://'], 'GANGWAY_E_URL: http:// … https://host:port/path', 2],
    ['an address with arguments', ['cursor', 'https://example.com/mcp', '--', 'x'], 'GANGWAY_E_USAGE: https://example.com/mcp', 2],
    ['an address with packages', ['cursor', 'https://example.com/mcp', '--with', 'zod'], 'GANGWAY_E_USAGE: --with … https://example.com/mcp', 2],
    ['a profile of no config', ['cursor', 'two.js', '--profile', 'prod'], 'GANGWAY_E_USAGE: --profile', 2],
    ['no such target', ['cursr', 'two.js'], 'GANGWAY_E_USAGE: <target> … "cursr" … cursor?', 2],
    ['no such scope', ['cursor', 'two.js', '--scope', 'team'], 'GANGWAY_E_USAGE: --scope … "team" … user or project', 2],
    ['a scope that the target lacks', ['claude-desktop', 'two.js', '--scope', 'project'], 'GANGWAY_E_USAGE: Claude Desktop … --scope project … --scope user', 2],
    ['a scope and a file', ['cursor', 'two.js', '--scope', 'user', '--config-path', 'x'], 'GANGWAY_E_USAGE: --config-path <file> … --scope <scope> … --help', 2],
    ['an odd name', ['cursor', 'two.js', '--name', 'a\n/b'], 'GANGWAY_E_USAGE: Cursor … "a\\n/b" … --name … 64', 2],
    ['a variable without a value', ['cursor', 'two.js', '--env', 'sk-own'], 'GANGWAY_E_USAGE: --env … NAME=value', 2],
    ['a misspelt flag', ['cursor', 'two.js', '--dryrun'], 'GANGWAY_E_USAGE: --dryrun … --dry-run?', 2],
    ['an argument too many', ['cursor', 'two.js', 'x'], 'GANGWAY_E_USAGE: gangway install … expected 2, got 3 … after --', 2],
  ])('%s', async (_what, args, line, code) => {
    const { home, run } = machine()
    expect(await run('install', ...args)).toEqual({ stdout: '', stderr: errorLine(line.replaceAll('HOME', home)), code })
    expect(readdirSync(home).toSorted()).toEqual(['node_modules', 'package.json', 'two.js'])
  })
})
