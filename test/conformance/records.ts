/** Leaves a record of every passed test that names rules, like `[C71]`, when all fast tests have run: `npm run check:conformance` reads them. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestCase, TestProject } from 'vitest/node'
import { LEGACY, MODERN, NEWEST_LEGACY } from '../harness/message.ts'

const RECORDS = fileURLToPath(new URL('../../node_modules/.cache/conformance.json', import.meta.url))

/** The revision of tests whose title names none, by the beginning of their file's name. */
const REVISIONS: readonly (readonly [string, string | undefined])[] = [
  ['batches', '2025-03-26'],
  ['caching', MODERN],
  ['http-guard', undefined], // Both eras.
  ['http-headers', MODERN],
  ['http-ladder', MODERN],
  ['http-param-headers', MODERN],
  ['http-', NEWEST_LEGACY],
  ['listen', MODERN],
  ['sse-', '2024-11-05'],
]

/** A global setup rather than a reporter, since `--reporter` replaces those of the configuration. */
export default async function setup(project: TestProject): Promise<() => void> {
  const { testFiles } = await project.globTestFiles()
  return () => {
    const modules = project.vitest.state.getTestModules()
    const isWhole = modules.length === testFiles.length && !project.vitest.config.testNamePattern
    if (!isWhole) return // The records of the last whole run stay.
    const tests = modules.flatMap((module) => [...module.children.allTests('passed')])
    mkdirSync(dirname(RECORDS), { recursive: true })
    writeFileSync(RECORDS, `${JSON.stringify(tests.flatMap(recordsOf), undefined, 1)}\n`)
  }
}

function recordsOf({ fullName, module }: TestCase): object[] {
  const file = module.relativeModuleId
  const { door = doorOf(file), revision = revisionOf(fullName, file) } = WAY.exec(fullName)?.groups ?? {}
  return [...fullName.matchAll(/\[([A-Z]\d+)\]/g)].map(([, id]) => ({ id, door, revision, asserted: fullName, file }))
}

/** A suite that is named for a door, or for a door and a revision. */
const WAY = /(?:^| > )'?(?<door>memory|stdio|http|sse)(?: (?<revision>\d{4}-\d\d-\d\d))?'? > /

/** As the file says, or its package; what has no door shows the core itself. */
function doorOf(file: string): string {
  const [, door = 'core'] = /^(stdio|http|sse)-/.exec(basename(file)) ?? /^packages\/transport-(\w+)/.exec(file) ?? []
  return door
}

function revisionOf(title: string, file: string): string | undefined {
  const [suite = ''] = title.split(' > ')
  if (suite === 'modern') return MODERN
  if (suite === 'legacy') return NEWEST_LEGACY
  return LEGACY.find((revision) => revision === suite) ?? REVISIONS.find(([beginning]) => basename(file).startsWith(beginning))?.[1]
}
