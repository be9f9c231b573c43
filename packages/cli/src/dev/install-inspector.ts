/** Gets the official Inspector, and a Node that it runs on. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { intersects, major, minVersion, validRange } from 'semver'
import { GangwayError } from '@gangway/core'
import { installNode } from '../environment/install-node.ts'
import { installed, type InstallOptions } from '../environment/installed.ts'
import { isRunning } from '../environment/node-version.ts'

/** The one that this command is tested with. */
export const INSPECTOR_VERSION = '2.12.0'

const NAME = '@modelcontextprotocol/inspector'
/** The first that is one program, with one address. */
const FIRST_MAJOR = 2
/** For an Inspector that does not run on this one. */
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

/** As much as can be told before it is fetched. Throws `GANGWAY_E_USAGE`. */
export function rejectOldVersion(version: string = INSPECTOR_VERSION): void {
  const lowest = validRange(version) === null ? null : minVersion(version)
  if (lowest !== null) rejectOld(lowest.version, version)
}

/** `version` is as npm takes it. Throws `GANGWAY_E_USAGE` for one that turns out to be too old, and what installing does. */
export async function installInspector(version: string, options: InstallOptions): Promise<Program> {
  const text = `${NAME}@${version}`
  const folder = await installed(
    {
      kind: 'packages',
      identity: ['inspector', text],
      files: { 'package.json': '{"private":true}' },
      npm: ['install', '--engine-strict=false', text],
      what: text,
      note: `Fetching the MCP Inspector ${version}, some 110 MB, once`,
      check: (made) => rejectOld(manifestIn(made).version, version),
    },
    options,
  )
  const { version: actual, bin, engines: { node: range } = {} } = manifestIn(folder)
  return { node: await nodeFor(range, actual, options), script: join(folder, 'node_modules', NAME, bin['mcp-inspector'] ?? '') }
}

function rejectOld(actual: string, asked: string): void {
  if (major(actual) < FIRST_MAJOR) throw new GangwayError('GANGWAY_E_USAGE', `--inspector-version cannot be '${asked}': use ${FIRST_MAJOR}.0.0 or later, for those before are started in another way`)
}

const manifestIn = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'node_modules', NAME, 'package.json'), 'utf8')) as Manifest

async function nodeFor(range: string | undefined, inspector: string, options: InstallOptions): Promise<string> {
  if (range === undefined || isRunning(range)) return process.execPath
  const note = `Fetching a Node for the MCP Inspector ${inspector}, once: it asks for ${range}, and this is ${process.versions.node}`
  return installNode({ range: intersects(NODE, range) ? NODE : range, origin: `the MCP Inspector ${inspector}`, note }, options)
}
