/** `npx gangway` is another package's, where ours is not installed: so pages say when it is ours. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url)
const foldersIn = (path: string): string[] => readdirSync(at(path)).map((name) => `${path}/${name}`)

const pages = ['README.md', ...foldersIn('docs'), ...[...foldersIn('packages'), ...foldersIn('apps')].map((folder) => `${folder}/README.md`)].filter((path) => path.endsWith('.md') && existsSync(at(path)))
const naming = pages.filter((page) => readFileSync(at(page), 'utf8').includes('npx gangway'))

test('some pages name the package', () => {
  expect(naming).toEqual(expect.arrayContaining(['docs/running.md', 'packages/cli/README.md']))
})

test.each(naming)('%s explains how to run the command without installing it, or has it installed', (page) => {
  const manifest = at(`${dirname(page)}/package.json`)
  const { dependencies = {}, devDependencies = {} } = (existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : {}) as Partial<Record<'dependencies' | 'devDependencies', object>>
  const isInstalled = page.startsWith('apps/') && '@gangway/cli' in { ...dependencies, ...devDependencies }
  expect(isInstalled || readFileSync(at(page), 'utf8').includes('npx @gangway/cli')).toBe(true)
})
