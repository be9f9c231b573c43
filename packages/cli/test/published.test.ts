/** What is made from the sources of the command and kept in the repository is up to date. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { configJsonSchema } from '../src/config/schema.ts'
import { variableNames } from '../src/config/settings-table.ts'
import { EXIT_CODE_MEANINGS, exitCodes } from '../src/errors.ts'
import { configTypes } from './config-types.ts'
import { reference } from './reference.ts'

/** From one of our processes to another. */
const INTERNAL = ['GANGWAY_STARTED_BY']

const variablesIn = (folder: string): string[] =>
  readdirSync(folder, { encoding: 'utf8', recursive: true })
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => readFileSync(join(folder, path), 'utf8').match(/\bGANGWAY_(?!E_)[A-Z_]+/g) ?? [])

test('every variable in the sources is described', () => {
  const found = ['cli', 'core', 'http-server', 'transport-http', 'transport-sse', 'transport-stdio'].flatMap((name) => variablesIn(fileURLToPath(new URL(`../../${name}/src`, import.meta.url))))
  expect(variableNames().toSorted()).toEqual([...new Set(found)].filter((name) => !INTERNAL.includes(name)).toSorted())
})

test('every exit code is described', () => {
  expect(exitCodes().filter(([, exit]) => EXIT_CODE_MEANINGS[exit] === undefined)).toEqual([])
})

describe('npm run docs changes nothing in', () => {
  test('packages/cli/schema.json', async () => {
    await expect(`${JSON.stringify(configJsonSchema(), null, 2)}\n`, 'schema.json is not the one that validates: npm run docs').toMatchFileSnapshot('../schema.json')
  })

  test('packages/cli/src/config/config.ts', async () => {
    await expect(configTypes(), 'config.ts differs from the table of settings: npm run docs').toMatchFileSnapshot('../src/config/config.ts')
  })

  test('docs/cli.md', async () => {
    await expect(reference(), 'docs/cli.md does not say what the help says: npm run docs').toMatchFileSnapshot('../../../docs/cli.md')
  })
})
