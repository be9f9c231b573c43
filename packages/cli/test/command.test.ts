/** The command apart from any server: help and version. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { gangway } from './gangway.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

describe.concurrent('gangway', { timeout: 60_000 }, () => {
  test.each(['--version', '-v'])('%s prints the version', async (flag) => {
    expect(await gangway([flag])).toEqual({ stdout: `${version}\n`, stderr: '', code: 0 })
  })

  test('version names Node and the protocol, too', async () => {
    const line = `gangway ${version} (node ${process.versions.node}, ${process.platform} ${process.arch})\nMCP 2026-07-28, 2025-11-25, 2025-06-18, 2025-03-26, 2024-11-05\n`
    expect(await gangway(['version'])).toEqual({ stdout: line, stderr: '', code: 0 })
    const { stdout, ...rest } = await gangway(['version', '--json'])
    expect(JSON.parse(stdout)).toEqual({ gangway: version, node: process.versions.node, platform: process.platform, arch: process.arch, revisions: ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] })
    expect(rest).toEqual({ stderr: '', code: 0 })
  })

  test.each(['18.20.8', '20.18.3'])('on Node %s says what it needs, and loads nothing', async (node) => {
    const older = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'${node}'}})`
    const line = `gangway: GANGWAY_E_NODE_VERSION: This is Node ${node}, and gangway needs 20.19 or later: install a newer one, from https://nodejs.org\n`
    expect(await gangway(['--version'], { env: { NODE_OPTIONS: `--import=${older}` } })).toEqual({ stdout: '', stderr: line, code: 6 })
  })

  test.each([[['--help'], 'Commands:'], [['run', '--help'], 'Examples:\n  $ gangway run server.ts'], [['help', 'run'], '--allowed-host <name>']])('%j explains', async (args, part) => {
    const { stdout, stderr, code } = await gangway(args)
    expect(stdout).toContain(part)
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  })

  test.each(['run', 'install', 'uninstall', 'cache', 'completion', 'version'])('%s --help has examples', async (command) => {
    expect((await gangway([command, '--help'])).stdout).toMatch(new RegExp(`\nExamples:\n  \\$ .*gangway ${command}`))
  })

  test.each([
    [['instal'], "unknown command 'instal': did you mean install?"],
    [['help', 'instal'], "unknown command 'instal': did you mean install?"],
    [['frobnicate'], "unknown command 'frobnicate': see gangway --help"],
    [['version', '--jsn'], "unknown option '--jsn': did you mean --json?"],
    [['version', '--frobnicate'], "unknown option '--frobnicate': see gangway version --help"],
    [['version', 'x'], "too many arguments for 'version'. Expected 0 arguments but got 1: see gangway version --help"],
    [['--jsn'], "unknown option '--jsn': see gangway --help"],
  ])('%j is not understood', async (args, line) => {
    expect(await gangway(args)).toEqual({ stdout: '', stderr: `gangway: GANGWAY_E_USAGE: ${line}\n`, code: 2 })
  })
})
