/** What docs/from-fastmcp.md says of options holds; that its commands run is tested with the other pages. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createProgram } from '../../packages/cli/src/cli.ts'
import { describe, namesOf } from '../../packages/cli/src/completion/describe.ts'

const page = readFileSync(new URL('../../docs/from-fastmcp.md', import.meta.url), 'utf8')
const options = new Map(describe(createProgram([])).map((command) => [command.name, command.options.flatMap(namesOf)]))
const flagsIn = (text: string): string[] => text.match(/(?<=[\s`])--?[a-z][\w-]*/g) ?? []

test('the second column of its table has options of run', () => {
  const rows = [...page.matchAll(/^\|(.*)\|(.*)\|(.*)\|$/gm)].map(([, , ours = '']) => ours)
  const flags = rows.flatMap(flagsIn)
  expect(flags.length).toBeGreaterThan(20)
  expect(flags.filter((flag) => !options.get('run')?.includes(flag))).toEqual([])
})

test('its commands have existing options', () => {
  const commands = [...page.matchAll(/^npx gangway (\w+)(.*?)(?: -- .*?)?(?: +#.*)?$/gm)].map(([, name = '', rest = '']) => [name, flagsIn(rest.replaceAll(/'[^']*'/g, ''))] as const)
  expect(commands.length).toBeGreaterThan(30)
  expect(commands.flatMap(([name, flags]) => flags.filter((flag) => !options.get(name)?.includes(flag)).map((flag) => `${name} ${flag}`))).toEqual([])
})
