/** The table of settings is the only place that defines a setting: an entry alone adds the flag, the variable, the key, and their documentation. */
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import type { Setting, SettingName } from '../src/config/settings-table.ts'

vi.resetModules() // Files of one worker share their modules, and no other file may see the entry that this one adds.
afterAll(() => void vi.resetModules())
const { SETTINGS, settingsIn } = await import('../src/config/settings-table.ts')

const SAMPLE: Setting = {
  group: 'address',
  about: 'a setting of this test',
  value: ['red', 'blue'],
  default: 'red',
  variable: 'GANGWAY_SAMPLE_COLOR',
  flag: { names: '-x, --sample-color <color>', help: 'use this color' },
}
const SAMPLE_NAME = 'sampleColor' as SettingName
Object.assign(SETTINGS, { [SAMPLE_NAME]: SAMPLE })

// Imported after the entry is in the table.
const { createProgram } = await import('../src/cli.ts')
const { bashCompletion } = await import('../src/completion/bash.ts')
const { describe: describeCommands } = await import('../src/completion/describe.ts')
const { fishCompletion } = await import('../src/completion/fish.ts')
const { zshCompletion } = await import('../src/completion/zsh.ts')
const { explain } = await import('../src/config/explain.ts')
const { configJsonSchema, faultIn } = await import('../src/config/schema.ts')
const { longName, settingsOf } = await import('../src/config/setting-flags.ts')
const { resolveSettings } = await import('../src/config/settings.ts')
const { configTypes } = await import('./config-types.ts')
const { reference } = await import('./reference.ts')

const program = createProgram([])
const command = program.commands.find((one) => one.name() === 'run') ?? expect.unreachable()
const helps = { long: command.helpInformation(), completions: [bashCompletion, zshCompletion, fishCompletion].map((complete) => complete(describeCommands(program))) }
const { properties } = configJsonSchema() as { properties: Record<string, object> }
const docs = reference()
const types = configTypes()

afterEach(() => {
  delete process.env['GANGWAY_SAMPLE_COLOR']
})

test.each(settingsIn())('%s is in help, completion, docs, schema, types and --explain', (name, { flag, variable, about, argument = flag && longName(flag) }) => {
  if (flag) {
    expect(helps.long).toContain(`  ${flag.names}`)
    for (const script of helps.completions) expect(script).toMatch(new RegExp(`${longName(flag)}\\b|-l ${longName(flag).slice(2)} `))
    expect(docs).toContain(`| \`${flag.names}\` | ${flag.help}`)
  }
  const row = docs.split('\n').find((line) => line.startsWith(`| \`${name}\` | `))
  for (const fact of [about, flag && `\`${longName(flag)}\``, variable && `\`${variable}\``]) if (fact) expect(row).toContain(fact)
  if (variable !== undefined) {
    expect(docs).toContain(`| \`${variable}\` | \`${flag && longName(flag)}\` | \`${name}\` |`)
    expect(helps.long).toMatch(new RegExp(`\\b${variable}\\b`))
  }
  expect(properties[name]).toHaveProperty('description', about)
  expect(types).toMatch(new RegExp(`^ {2}${name}\\?: `, 'm'))
  const given = name === 'env' ? ['A=secret'] : ['given']
  const explained = explain(resolveSettings({ transport: 'http', ...(argument !== undefined && { [name]: given }) }, argument === undefined ? [layer({ [name]: given })] : [], '/'), undefined)
  if (name !== 'node') expect(explained).toMatch(new RegExp(`^${name} .* (${argument}|config of ${name})(?: |$)`, 'm'))
})

const layer = (settings: object) => ({ settings, folder: '/', position: (key: string) => `config of ${key}` })

const parsed = (...args: string[]): object => {
  let options = {}
  const fresh = createProgram([])
  const run = fresh.commands.find((one) => one.name() === 'run') ?? expect.unreachable()
  run.action((_file: unknown, given: object) => void (options = given))
  fresh.parse(['run', ...args], { from: 'user' })
  return options
}

const resolved = (...args: string[]) => resolveSettings({ transport: 'http', ...settingsOf(parsed(...args)) }, [layer({ [SAMPLE_NAME]: 'red' })], '/').get(SAMPLE_NAME)

describe('an entry in the table, and nothing else,', () => {
  test('adds a flag, which overrides the variable, the config file and the default', () => {
    process.env['GANGWAY_SAMPLE_COLOR'] = 'red'
    expect(resolved('-x', 'blue')).toMatchObject([{ value: 'blue', origin: '--sample-color' }, { origin: 'GANGWAY_SAMPLE_COLOR' }, { origin: 'config of sampleColor' }, { origin: 'default' }])
  })

  test('rejects other values in a flag, a variable and a config file', () => {
    expect(() => parsed('--sample-color', 'green')).toThrow('expected red or blue')
    process.env['GANGWAY_SAMPLE_COLOR'] = 'green'
    expect(() => resolved()).toThrow(expect.objectContaining({ code: 'GANGWAY_E_USAGE', message: expect.stringContaining('red or blue') as string }))
    expect(faultIn({ [SAMPLE_NAME]: 'green' })).toMatchObject({ path: [SAMPLE_NAME], remedy: expect.stringContaining('red, blue') as string })
    expect(faultIn({ [SAMPLE_NAME]: 'blue' })).toBeUndefined()
  })

  test('is documented with its default', () => {
    expect(helps.long).toMatch(/-x, --sample-color <color> +use this color \(default: red\)/)
    expect(docs).toContain('| `sampleColor` | a setting of this test | `red`, `blue` | `red` | `--sample-color` | `GANGWAY_SAMPLE_COLOR` |')
    expect(types).toContain("  /** A setting of this test. @default red */\n  sampleColor?: 'red' | 'blue'\n")
  })
})
