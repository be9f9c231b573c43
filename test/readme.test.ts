/** What the README shows is what there is. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

test('its example is apps/quickstart, in at most 20 lines', () => {
  const program = read('apps/quickstart/src/server.ts')
  expect(read('README.md')).toContain(`\`\`\`ts\n${program}\`\`\``)
  expect(program.trimEnd().split('\n').length).toBeLessThanOrEqual(20)
})

test('its commands exist', () => {
  const { scripts } = JSON.parse(read('package.json'))
  const commands = [...read('README.md').matchAll(/^npm (start|test|run \S+)/gm)].map(([, command]) => command!.replace('run ', ''))
  expect(commands.length).toBeGreaterThan(1)
  for (const command of commands) expect(scripts).toHaveProperty(command)
})
