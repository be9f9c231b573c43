/** Runs scenarios of the official suite's client half against our client, and reads what it found. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Check } from './suite.ts'

const CLIENT = fileURLToPath(new URL('client.mjs', import.meta.url))
const PRELOADS = [new URL('node20-shim.mjs', import.meta.url), new URL('client-loopback.mjs', import.meta.url)]
const PROGRAM = fileURLToPath(new URL('../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url))
const SUITE = [...PRELOADS.flatMap(({ href }) => ['--import', href]), PROGRAM]

/** Milliseconds that the suite gives each client, as many as the client gives a request. It starts all clients of a set at once, so on a busy machine the last one connects late. */
const CLIENT_TIMEOUT = '240000'

async function suite(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [...SUITE, ...args], { maxBuffer: 2 ** 26 }).catch((error: { stdout: string }) => error) // It fails where a scenario does: the checks say why.
  return stdout
}

export async function runClientScenario(scenario: string, revision: string): Promise<Check[]> {
  const output = mkdtempSync(join(tmpdir(), 'gangway-client-conformance-'))
  try {
    const printed = await suite('client', '--scenario', scenario, '--spec-version', revision, '--command', `${process.execPath} ${CLIENT}`, '--timeout', CLIENT_TIMEOUT, '--output-dir', output)
    const [directory] = readdirSync(output)
    if (directory === undefined) throw new Error(printed)
    return JSON.parse(readFileSync(join(output, directory, 'checks.json'), 'utf8')) as Check[]
  } finally {
    rmSync(output, { recursive: true })
  }
}

/** Runs all scenarios of a requirement set at once, and returns the suite's verdict for each. */
export async function runClientSet(requirements: string): Promise<Map<string, 'passes' | 'fails'>> {
  const output = mkdtempSync(join(tmpdir(), 'gangway-client-conformance-'))
  try {
    const printed = await suite('client', '--requirements', requirements, '--command', `${process.execPath} ${CLIENT}`, '--timeout', CLIENT_TIMEOUT, '--output-dir', output)
    return new Map([...printed.matchAll(/^([✓✗]) (\S+): \d+ passed/gm)].map(([, mark, name]) => [name!, mark === '✓' ? 'passes' : 'fails']))
  } finally {
    rmSync(output, { recursive: true })
  }
}

/** The client scenarios of a requirement set, those included that are not scored. */
export async function clientScenarios(requirements: string): Promise<string[]> {
  const listed = await suite('list', '--requirements', requirements)
  const [, scored = '', beside = ''] = /Client scenarios[^\n]*\n(.*?)\n\n(.*)/s.exec(listed) ?? []
  return [...scored.matchAll(/- (\S+)/g), ...beside.matchAll(/- (\S+) \[client\]/g)].map(([, name]) => name!)
}
