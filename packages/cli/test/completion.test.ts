/** `gangway completion`: what shells offer is what the command takes. */
import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { gangway } from './gangway.ts'

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
  test('offers commands, targets, options and their values, and leaves files and what is the server\'s alone', async () => {
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

  test('offers every command and option of the help', async () => {
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

test('zsh gets descriptions, quoted', options, async () => {
  const completion = await script('zsh')
  expect(completion).toMatch(/^#compdef gangway\n/)
  expect(completion).toContain(String.raw`    'install:enter a server in a host'\''s configuration'`)
  expect(completion).toMatch(/^ {4}install\) _arguments -s -S .*'\*--scope\[for you, or for the project in this folder \(default\\: user\)\]:value:\(user project\)'.* '1:argument:\(claude-desktop claude-code cursor vscode gemini-cli mcp-json\)' '\*:file:_files' ;;$/m)
})

test('fish gets descriptions, quoted', options, async () => {
  const lines = (await script('fish')).split('\n')
  expect(lines).toContain(String.raw`complete -c gangway -n __fish_use_subcommand -f -a install -d 'enter a server in a host\'s configuration'`)
  expect(lines).toContain("complete -c gangway -n '__fish_seen_subcommand_from install' -l scope -x -a 'user project' -d 'for you, or for the project in this folder (default: user)'")
  expect(lines).toContain("complete -c gangway -n '__fish_seen_subcommand_from install' -s n -l name -r -d 'name of the entry (default: that of the file, package or folder)'")
})

test('another shell is refused', options, async () => {
  expect(await gangway(['completion', 'zash'])).toEqual({ stdout: '', stderr: "gangway: GANGWAY_E_USAGE: <shell> cannot be 'zash': did you mean bash? use bash, zsh, fish\n", code: 2 })
})
