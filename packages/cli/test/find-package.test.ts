/** The file that is a package's server, and the packages of a workspace, as their manifests have them. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { entryOf } from '../src/load/find-package.ts'
import { packagesOf } from '../src/load/find-workspace.ts'
import { project } from './gangway.ts'

describe('the entry file of a package', () => {
  test.each([['lib/index', 'lib/index.js'], ['lib', 'lib/index.js'], ['lib/', 'lib/index.js'], ['./other', 'other'], ['gone', 'index.js']])('"main": "%s"', (main, file) => {
    const root = project({ 'package.json': JSON.stringify({ mcp: '.', main }), 'lib/index.js': '', 'index.js': '', 'other': '' })
    expect(entryOf(root, 'x')).toBe(join(root, file))
  })

  test.each([['{ "main": ', 'Cannot parse'], ['null', 'no entry point'], ['{ "bin": null }', 'no entry point']])('%s', (text, reason) => {
    const root = project({ 'package.json': text })
    expect(() => entryOf(root, 'x')).toThrow(expect.objectContaining({ code: 'GANGWAY_E_NO_SERVER', message: expect.stringContaining(reason) }))
    expect(() => entryOf(root, 'x')).toThrow(join(root, 'package.json'))
  })
})

describe('the packages of a workspace', () => {
  const files = { 'packages/one/package.json': '{"name":"@x/one"}', 'packages/old/package.json': '{"name":5}', 'packages/one/test/package.json': 'null', 'packages/none/x.js': '' }
  const namesIn = (workspaces: unknown, more = {}): string[] => [...packagesOf(project({ ...files, 'package.json': JSON.stringify({ workspaces }), ...more }))].map(([name]) => name)

  test.each<[unknown, string[]]>([
    [['packages/*'], ['old', '@x/one']],
    [['packages/*', '!packages/old'], ['@x/one']],
    [['!./packages/o*d', './packages/**', '!**/test/**'], ['@x/one']],
    [{ packages: ['packages/one'] }, ['@x/one']],
    [null, []],
  ])('"workspaces": %j', (workspaces, names) => {
    expect(namesIn(workspaces)).toEqual(names)
  })

  test('of pnpm, with exclusions', () => {
    expect(namesIn(undefined, { 'pnpm-workspace.yaml': "packages:\n  - packages/*\n  - '!packages/old'\n" })).toEqual(['@x/one'])
  })

  test.each([['packages/*'], [{ packages: 'packages/*' }], [[1]], [1]])('"workspaces": %j is invalid', (workspaces) => {
    expect(() => namesIn(workspaces)).toThrow(expect.objectContaining({ code: 'GANGWAY_E_USAGE', message: expect.stringMatching(/^"workspaces" in .*package\.json /) }))
  })
})
