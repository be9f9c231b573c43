/** Help, version and unknown commands. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createProgram } from '../src/cli.ts'
import { formatHelp, helpTextOf } from '../src/help.ts'
import { errorLine, gangway } from './gangway.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

const commands = [createProgram([]), ...createProgram([]).commands]
const linesOf = (columns: number, short: boolean): string[] => commands.flatMap((command) => formatHelp(command, Object.assign(command.createHelp(), { helpWidth: columns }), short).split('\n'))

describe('help', () => {
  test.each([40, 60, 80, 200])('fits a terminal of %i columns, and 80', (columns) => {
    for (const short of [true, false]) expect(linesOf(columns, short).filter((line) => line.length > Math.min(80, columns) && line.trim().includes(' '))).toEqual([])
  })

  test('common options exist', () => {
    for (const command of commands) for (const name of helpTextOf(command).common ?? []) expect(['--help', ...command.options.map(({ long }) => long)]).toContain(name)
  })
})

describe.concurrent('gangway', { timeout: 60_000 }, () => {
  test('help has colors where FORCE_COLOR asks for them, and none with NO_COLOR', async () => {
    expect((await gangway(['run', '-h'], { env: { FORCE_COLOR: '1' } })).stdout).toContain('\u001B[1mUsage:\u001B[22m')
    expect((await gangway(['run', '-h'], { env: { FORCE_COLOR: '', NO_COLOR: '1' } })).stdout).toMatch(/^Usage:/)
  })

  test.each(['--version', '-v'])('%s prints the version', async (flag) => {
    expect(await gangway([flag])).toEqual({ stdout: `${version}\n`, stderr: '', code: 0 })
  })

  test('version also prints Node.js and protocol revisions', async () => {
    const line = `gangway ${version} (node ${process.versions.node}, ${process.platform} ${process.arch})\nMCP 2026-07-28, 2025-11-25, 2025-06-18, 2025-03-26, 2024-11-05\n`
    expect(await gangway(['version'])).toEqual({ stdout: line, stderr: '', code: 0 })
    const { stdout, ...rest } = await gangway(['version', '--json'])
    expect(JSON.parse(stdout)).toEqual({ gangway: version, node: process.versions.node, platform: process.platform, arch: process.arch, revisions: ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] })
    expect(rest).toEqual({ stderr: '', code: 0 })
  })

  test.each(['18.20.8', '20.18.3'])('on Node.js %s prints the required version, and loads nothing', async (node) => {
    const older = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'${node}'}})`
    const line = `GANGWAY_E_NODE_VERSION: ${node} … 20.19 … https://nodejs.org`
    expect(await gangway(['--version'], { env: { NODE_OPTIONS: `--import=${older}` } })).toEqual({ stdout: '', stderr: errorLine(line), code: 6 })
  })

  test.each([
    [['--help'], 'Commands:'],
    [['run', '--help'], 'Examples:\n  $ gangway run server.ts'],
    [['help', 'run'], '--allowed-host <name>'],
    [['run', '-h'], 'Common options:'],
  ])('%j prints help', async (args, part) => {
    const { stdout, stderr, code } = await gangway(args)
    expect(stdout).toContain(part)
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  })

  test('run -h is short, and names the long form', async () => {
    const [short, long] = await Promise.all([gangway(['run', '-h']), gangway(['run', '--help'])])
    expect(short.stdout).toContain('gangway run --help')
    expect(short.stdout).not.toContain('--allowed-host')
    expect(short.stdout.length).toBeLessThan(long.stdout.length / 2)
  })

  test.each(['run', 'install', 'uninstall', 'cache', 'completion', 'version'])('%s --help has examples', async (command) => {
    expect((await gangway([command, '--help'])).stdout).toMatch(new RegExp(`\nExamples:\n  \\$ .*gangway ${command}`))
  })

  test.each([
    [['instal'], '"instal" … install?'],
    [['help', 'instal'], '"instal" … install?'],
    [['frobnicate'], '"frobnicate" … gangway --help'],
    [['version', '--jsn'], '--jsn … --json?'],
    [['version', '--frobnicate'], '--frobnicate … gangway version --help'],
    [['version', 'x'], 'expected 0, got 1 … gangway version --help'],
    [['uninstall', 'cursor'], '<name> … gangway uninstall --help'],
    [['--jsn'], '--jsn … gangway --help'],
  ])('%j is rejected', async (args, line) => {
    expect(await gangway(args)).toEqual({ stdout: '', stderr: errorLine(`GANGWAY_E_USAGE: ${line}`), code: 2 })
  })
})
