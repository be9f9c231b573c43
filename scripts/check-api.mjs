/**
 * `npm run check:api`: compares the built declarations of each public entry point with its report, `packages/<package>/api/<entry>.api.md`.
 * Fails if a report is missing or differs, or if a public declaration refers to a type that its entry point does not export (ae-forgotten-export).
 * `scripts/forgotten-exports.json` lists the exceptions. `-- --update` rewrites the reports, and removes exceptions that are no longer needed.
 */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { root } from './pnpm.mjs'
import { build, install } from './steps.mjs'

/** Excluded from semantic versioning. */
const INTERNAL = /^@gangway\/(?:core\/internal|http-server)\b/

const COMPILER = { target: 'es2023', module: 'nodenext', lib: ['ES2023', 'WebWorker'], types: ['node'], strict: true, exactOptionalPropertyTypes: true, skipLibCheck: true }

const EXCEPTIONS = join(root, 'scripts/forgotten-exports.json')
/** @type {Record<string, string[]>} */
const exceptions = existsSync(EXCEPTIONS) ? JSON.parse(readFileSync(EXCEPTIONS, 'utf8')) : {}
/** @type {Record<string, string[]>} */
const needed = {}

const update = process.argv.includes('--update')
install()
build()
const temporary = mkdtempSync(join(tmpdir(), 'gangway-api-'))
try {
  for (const name of readdirSync(join(root, 'packages'))) {
    const folder = join(root, 'packages', name)
    const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    /** @type {[path: string, entry: string | { types: string }][]} */
    const entries = Object.entries(exports)
    const reports = entries.flatMap(([path, entry]) => (typeof entry === 'string' || INTERNAL.test(`@gangway/${name}${path.slice(1)}`) ? [] : [check(folder, path, entry.types)]))
    const folderOfReports = join(folder, 'api')
    for (const file of existsSync(folderOfReports) ? readdirSync(folderOfReports) : []) if (!reports.includes(file)) fail(`packages/${name}/api/${file} belongs to no public entry point. Delete it`)
  }
  if (update) writeFileSync(EXCEPTIONS, `${JSON.stringify(needed, undefined, 2)}\n`)
} finally {
  rmSync(temporary, { recursive: true })
}

/**
 * Returns the name of the report.
 * @param {string} folder
 * @param {string} path such as `./client`
 * @param {string} types
 */
function check(folder, path, types) {
  const reportFileName = `${path === '.' ? 'index' : path.slice(2).replaceAll('/', '-')}.api.md`
  const entryPoint = join(folder, types)
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: entryPoint,
      newlineKind: 'lf',
      compiler: { overrideTsconfig: { compilerOptions: COMPILER, files: [entryPoint] } },
      apiReport: { enabled: true, reportFileName, reportFolder: join(folder, 'api'), reportTempFolder: temporary },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None }, 'ae-forgotten-export': { logLevel: ExtractorLogLevel.Warning } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, 'package.json'),
  })
  if (update) mkdirSync(join(folder, 'api'), { recursive: true })
  /** @type {string[]} */
  const forgotten = []
  const { apiReportChanged, errorCount } = Extractor.invoke(config, {
    localBuild: update,
    messageCallback: (message) => {
      if (message.messageId === 'ae-forgotten-export') forgotten.push(/^The symbol "(.+?)"/.exec(message.text)?.[1] ?? message.text)
      message.handled = message.logLevel !== ExtractorLogLevel.Error
    },
  })
  const place = `${folder.slice(root.length).replace(/^[\\/]/, '').replaceAll('\\', '/')}/api/${reportFileName}`
  const known = exceptions[place] ?? []
  const kept = known.filter((symbol) => forgotten.includes(symbol))
  if (kept.length > 0) needed[place] = kept
  for (const symbol of forgotten) if (!known.includes(symbol)) fail(`${place}: a public declaration refers to ${symbol}, which ${path} does not export (ae-forgotten-export)`)
  if (errorCount > 0) fail(`${place}: the declarations have errors`)
  else if (apiReportChanged && update) console.log(`Wrote ${place}`)
  else if (apiReportChanged) fail(`${place} differs from the public API. If the change is intended, run: npm run check:api -- --update`)
  return reportFileName
}

/** @param {string} message */
function fail(message) {
  console.error(message)
  process.exitCode = 1
}
