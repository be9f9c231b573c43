/** The command apart from any server: help and version. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { gangway } from './gangway.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

describe.concurrent('gangway', { timeout: 60_000 }, () => {
  test.each(['--version', '-v'])('%s prints the version', async (flag) => {
    expect(await gangway([flag])).toEqual({ stdout: `${version}\n`, stderr: '', code: 0 })
  })

  test('version names Node, too', async () => {
    expect(await gangway(['version'])).toEqual({ stdout: `gangway ${version} (node ${process.versions.node}, ${process.platform} ${process.arch})\n`, stderr: '', code: 0 })
  })

  test.each([[['--help'], 'Commands:'], [['run', '--help'], 'Examples:\n  $ gangway run server.ts'], [['help', 'run'], '--allowed-host <name>']])('%j explains', async (args, text) => {
    const { stdout, stderr, code } = await gangway(args)
    expect(stdout).toContain(text)
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  })
})
