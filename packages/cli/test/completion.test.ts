/** `gangway completion`: what shells offer is what the command takes. */
import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { errorLine, gangway } from './gangway.ts'

const options = { timeout: 60_000 }
const script = async (shell: string): Promise<string> => (await gangway(['completion', shell])).stdout

/** The words that bash offers for the last of these. */
function offered(completion: string, words: readonly string[]): string[] {
  const program = `${completion}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gangway; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', program, 'bash', 'gangway', ...words], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.split('\n').filter(Boolean)
}

describe('bash', options, () => {
  test('completes commands, targets, options and their values, but not files and server arguments', async () => {
    const completion = await script('bash')
    expect(completion).toContain('complete -o default -F _gangway gangway\n')
    const cases: [string[], string[]][] = [
      [['inst'], ['install']],
      [['install', 'c'], ['claude-desktop', 'claude-code', 'cursor']],
      [['install', 'cursor', '--sc'], ['--scope']],
      [['install', 'cursor', 'a.ts', '--scope', ''], ['user', 'project']],
      [['uninstall', 'cursor', 'x', '--scope', 'p'], ['project']],
      [['install', 'cursor', ''], []],
      [['install', 'cursor', '--env-file', '-'], []],
      [['completion', ''], ['bash', 'zsh', 'fish']],
      [['help', 'comp'], ['completion']],
      [['run', '--allowed'], ['--allowed-host', '--allowed-origin']],
      [['run', 'a.ts', '--', '--allowed'], []],
      [['version', '--'], ['--json', '--help']],
    ]
    for (const [words, expected] of cases) expect([words, offered(completion, words)]).toEqual([words, expected])
  })

  test('completes every command and option in the help', async () => {
    const completion = await script('bash')
    const commands = offered(completion, [''])
    const help = (await gangway(['--help'])).stdout
    expect(commands).toEqual(Array.from(help.slice(help.indexOf('Commands:')).matchAll(/^ {2}([a-z]+) /gm), ([, name]) => name))
    for (const command of commands.filter((name) => name !== 'help')) {
      const { stdout } = await gangway([command, '--help'])
      const flags = Array.from(stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm), ([, flag]) => flag)
      expect([command, offered(completion, [command, '--']).toSorted()]).toEqual([command, flags.toSorted()])
    }
  })
})

test('zsh gets quoted descriptions', options, async () => {
  const completion = await script('zsh')
  expect(completion).toMatch(/^#compdef gangway\n/)
  expect(completion).toContain(String.raw`    'install:add a server to a host'\''s configuration'`)
  expect(completion).toMatch(/^ {4}install\) _arguments -s -S .*'\*--scope\[write the configuration [^[]*\(default\\: user\)\]:value:\(user project\)'.* '1:argument:\(claude-desktop claude-code cursor vscode gemini-cli mcp-json\)' '\*:file:_files' ;;$/m)
})

test('fish gets quoted descriptions', options, async () => {
  const lines = (await script('fish')).split('\n')
  expect(lines).toContain(String.raw`complete -c gangway -n __fish_use_subcommand -f -a install -d 'add a server to a host\'s configuration'`)
  for (const start of ["-l scope -x -a 'user project' -d '", "-s n -l name -r -d '"]) expect(lines).toContainEqual(expect.stringContaining(`complete -c gangway -n '__fish_seen_subcommand_from install' ${start}`))
})

test('rejects another shell', options, async () => {
  expect(await gangway(['completion', 'zash'])).toEqual({ stdout: '', stderr: errorLine('GANGWAY_E_USAGE: <shell> … "zash" … bash, zsh or fish'), code: 2 })
})
