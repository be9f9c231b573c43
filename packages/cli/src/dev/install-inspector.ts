/** Installs the official Inspector, and a Node.js version that supports it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { intersects, major, minVersion, validRange } from 'semver'
import { GangwayError } from '@gangway/core'
import { installNode } from '../environment/install-node.ts'
import { installed, type InstallOptions } from '../environment/installed.ts'
import { isRunning } from '../environment/node-version.ts'

/** The version that this command is tested with. */
export const INSPECTOR_VERSION = '2.12.0'

const NAME = '@modelcontextprotocol/inspector'
/** Earlier versions are started differently, with two programs and two ports. */
const FIRST_MAJOR = 2
/** Used if the Inspector does not support the running version. */
const NODE = '24'

export interface Program {
  readonly node: string
  readonly script: string
}

interface Manifest {
  readonly version: string
  readonly bin: Readonly<Record<string, string>>
  readonly engines?: { readonly node?: string }
}

/** Checks what is known before the download. Throws `GANGWAY_E_USAGE`. */
export function rejectOldVersion(version: string = INSPECTOR_VERSION): void {
  const lowest = validRange(version) === null ? null : minVersion(version)
  if (lowest !== null) rejectOld(lowest.version, version)
}

/** `version` is an npm version, range or tag. Throws `GANGWAY_E_USAGE` if it is too old, and installation errors. */
export async function installInspector(version: string, options: InstallOptions): Promise<Program> {
  const text = `${NAME}@${version}`
  const folder = await installed(
    {
      kind: 'packages',
      identity: ['inspector', text],
      files: { 'package.json': '{"private":true}' },
      npm: ['install', '--engine-strict=false', text],
      what: text,
      note: `Downloading the MCP Inspector ${version} (about 110 MB, once)`,
      check: (made) => rejectOld(manifestIn(made).version, version),
    },
    options,
  )
  const { version: actual, bin, engines: { node: range } = {} } = manifestIn(folder)
  return { node: await nodeFor(range, actual, options), script: join(folder, 'node_modules', NAME, bin['mcp-inspector'] ?? '') }
}

function rejectOld(actual: string, requested: string): void {
  if (major(actual) < FIRST_MAJOR) throw new GangwayError('GANGWAY_E_USAGE', `Invalid --inspector-version "${requested}": expected ${FIRST_MAJOR}.0.0 or later`)
}

const manifestIn = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'node_modules', NAME, 'package.json'), 'utf8')) as Manifest

async function nodeFor(range: string | undefined, inspector: string, options: InstallOptions): Promise<string> {
  if (range === undefined || isRunning(range)) return process.execPath
  const note = `Downloading Node.js for the MCP Inspector ${inspector} (once): it needs ${range}, but this is ${process.versions.node}`
  return installNode({ range: intersects(NODE, range) ? NODE : range, origin: `the MCP Inspector ${inspector}`, note }, options)
}
