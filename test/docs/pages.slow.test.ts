/** What the pages show is what there is: each block is run as it stands, and does what the page says. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blocksOf, type Block } from './blocks.ts'
import { asking, endAll, run } from './run.ts'
import { startSurroundings, type Surroundings } from './surroundings.ts'
import { missing, pathOf as runtime } from '../runtimes/runtimes.ts'
import { skipFor } from '../runtimes/skipping.ts'

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
/** Runs TypeScript by itself; jiti hides from a program whether it is the main module. */
const NODE = runtime('node24')
const TSC = pathOf('../../node_modules/typescript/bin/tsc')
const TIMEOUT = 60_000
const PROGRAMS = ['ts', 'sh']
/** What ours is compared with. */
const OTHERS = ['python']
const fileOf = ({ file, line }: Block): string => file ?? `line-${line}.ts`

skipFor(missing('node24'))

describe.each(['docs/running.md', 'docs/results.md', 'docs/from-fastmcp.md', 'packages/transport-http/README.md', 'packages/transport-sse/README.md'])('%s', (page) => {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'gangway-docs-'))
  const blocks = blocksOf(page)
  const running = blocks.filter(({ notRun, language }) => !notRun && !OTHERS.includes(language))
  let around: Surroundings

  beforeAll(async () => {
    linkPackages(join(folder, 'node_modules'))
    around = await startSurroundings(folder)
    for (const block of running) if (block.language !== 'sh') writeFileSync(join(folder, fileOf(block)), around.reachable(block.code))
  })
  afterAll(async () => {
    endAll()
    await around.close()
    rmSync(folder, { recursive: true, maxRetries: 3 })
  })

  test('marks every block that does not run', () => {
    expect(running.filter(({ language, file }) => !PROGRAMS.includes(language) && !file?.endsWith('.json'))).toEqual([])
    expect(running.length).toBeGreaterThan(0)
  })

  test('its programs type-check', async () => {
    const compilerOptions = { target: 'es2023', lib: ['es2023', 'esnext.disposable', 'webworker'], types: ['node'], module: 'nodenext', strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true, typeRoots: [pathOf('../../node_modules/@types')] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
    const { output } = await run(folder, process.execPath, [TSC, '--pretty', 'false'], NOTHING)
    expect(output.trim()).toBe('')
  }, TIMEOUT)

  test.each(running.filter(({ language }) => language === 'ts').map((block) => [block.line, block] as const))('the program in line %i', async (_, block) => {
    const file = fileOf(block)
    if (block.answers.length > 0) writeFileSync(join(folder, `asking-${file}`), asking(file, block.answers))
    const { ended, output } = await run(folder, NODE, [block.answers.length > 0 ? `asking-${file}` : file], block, around.env)
    expect(ended, output).toBe(0)
  }, TIMEOUT)

  test.each(running.filter(({ language }) => language === 'sh').flatMap((block) => block.code.trim().split('\n').map((line, index) => [block.line + index + 1, line, block] as const)))('the command in line %i: %s', async (_, line, block) => {
    const [command, verb, ...packages] = line.split(/\s+/)
    if (command === 'npm' && verb === 'install') {
      for (const name of packages) expect([name, existsSync(pathOf(`../node_modules/${name}`))]).toEqual([name, true]) // Nothing is fetched for a test.
      return
    }
    const { ended, output } = await run(folder, 'sh', ['-c', around.reachable(line)], block, around.env)
    expect(ended, output).toBe(0)
  }, TIMEOUT)
})

const NOTHING: Block = { language: 'sh', line: 0, code: '', file: undefined, notRun: false, serves: [], answers: [], gets: [], bearer: undefined }

/** One by one, so that a page can have packages of its own beside them. */
function linkPackages(folder: string): void {
  const installed = pathOf('../node_modules')
  for (const name of readdirSync(installed)) {
    mkdirSync(folder, { recursive: true })
    symlinkSync(join(installed, name), join(folder, name), 'junction')
  }
}
