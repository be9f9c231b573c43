/** Runs the official conformance suite against an endpoint, and reads what it found, check by check. */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const SHIM = fileURLToPath(new URL('node20-shim.mjs', import.meta.url))
// It is a program: its manifest has no entry to resolve.
const SUITE = fileURLToPath(new URL('../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url))

export interface Check {
  readonly id: string
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO'
  readonly errorMessage?: string
}

export interface Findings {
  /** By scenario. Files, not the exit code: a scenario whose fixture is missing can pass with nothing checked. */
  readonly checks: ReadonlyMap<string, Check[]>
  /** What the suite said where it was not content. */
  readonly complaint: string
}

/** What it finds of a requirement set. */
export async function runSuite(url: string, requirements: string): Promise<Findings> {
  const output = mkdtempSync(join(tmpdir(), 'gangway-conformance-'))
  try {
    const strict = join(output, 'strict.yaml')
    writeFileSync(strict, 'server: []\n')
    const results = join(output, 'results')
    const args = ['--import', SHIM, SUITE, 'server', '--url', url, '--requirements', requirements, '--output-dir', results, '--expected-failures', strict]
    const complaint = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 }).then(
      () => '',
      ({ message, stdout, stderr }: Error & { stdout: string; stderr: string }) => [message, stderr, stdout].join('\n'),
    )
    const directories = existsSync(results) ? readdirSync(results) : []
    return { checks: new Map(directories.map((directory) => [scenarioOf(directory), JSON.parse(readFileSync(join(results, directory, 'checks.json'), 'utf8')) as Check[]])), complaint }
  } finally {
    rmSync(output, { recursive: true })
  }
}

/** `server-ping-2026-11-22T11-45-10-396Z` is of the scenario `ping`. */
const scenarioOf = (directory: string): string => directory.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, '')
