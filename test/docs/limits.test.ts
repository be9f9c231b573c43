/** docs/limits.md and SECURITY.md against the code: every limit option has a row with its default, and every row names tests that exist. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const rowsOf = (page: string): string[] => read(page).split('\n').filter((line) => /^\| (?!---)/.test(line))

const sources = readdirSync(new URL('packages', root))
  .flatMap((name) => readdirSync(new URL(`packages/${name}/src`, root), { recursive: true, encoding: 'utf8' }).map((path) => `packages/${name}/src/${path}`))
  .filter((path) => path.endsWith('.ts'))

/** The options that a source checks with `limitOf`, and their documented defaults. */
const limits = sources.flatMap((path) => {
  const text = read(path)
  return [...text.matchAll(/\b(\w+): (?:\{ \.\.\.)?limitOf\(/g)].map(([, name = '']) => {
    const [, documentation = ''] = new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\s+(?:readonly )?${name}\\??:`).exec(text) ?? []
    return { path, name, standard: /@default ([^*\n]+)/.exec(documentation)?.[1]?.trim() }
  })
})

/** As the page writes it: 1,048,576 is 1 MiB. */
function inWords(standard: string): string {
  const number = Number(standard.replaceAll(',', ''))
  if (!Number.isFinite(number)) return standard
  const [unit, size] = number >= 2 ** 20 && number % 2 ** 20 === 0 ? [' MiB', 2 ** 20] : number >= 2 ** 10 && number % 2 ** 10 === 0 ? [' KiB', 2 ** 10] : ['', 1]
  return `${(number / size).toLocaleString('en-US')}${unit}`
}

test('the sources have limits', () => expect(limits.length).toBeGreaterThan(10))

test.each(limits)('$name of $path has a row with its default', ({ name, standard }) => {
  expect(standard).toBeDefined()
  const rows = rowsOf('docs/limits.md').filter((row) => row.includes(`\`${name}\``))
  expect(rows.join('\n').replaceAll('`', '')).toContain(inWords(standard ?? ''))
})

describe.each(['docs/limits.md', 'SECURITY.md'])('%s', (page) => {
  const rows = rowsOf(page).filter((row) => !/^\| (what|it cannot|they cannot) \|/.test(row))
  test.each(rows)('%s', (row) => {
    const paths = [...(row.split('|').at(-2) ?? '').matchAll(/`([^`]+\.test\.ts)`/g)].map(([, path = '']) => path)
    expect(paths.length).toBeGreaterThan(0)
    expect(paths.filter((path) => !existsSync(new URL(path, root)))).toEqual([])
  })
})
