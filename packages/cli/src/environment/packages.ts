/** Installs packages by name, or the dependencies of a package.json. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { messageOf } from '../errors.ts'
import { readUserFile, UnreadableFile } from '../user-file.ts'
import { installed, type Installation, type InstallOptions } from './installed.ts'
import { conflict, type PackageSpec } from './package-spec.ts'

const MAJOR = process.versions.node.split('.')[0]
const LOCKFILES = ['npm-shrinkwrap.json', 'package-lock.json']
const FOREIGN_LOCKFILES = ['pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb']

/** Takes the result of `combine()`. Resolves with a folder whose `node_modules` contains the packages. */
export function installPackages(specs: readonly PackageSpec[], options: InstallOptions): Promise<string> {
  const installation: Installation = {
    kind: 'packages',
    identity: ['packages', MAJOR, ...specs.map(({ identity }) => identity)],
    files: { 'package.json': '{"private":true}' },
    npm: ['install', ...specs.map(({ text }) => text)],
    what: specs.map(({ text }) => text).join(' '),
    check: (folder) => rejectReplaced(specs, folder),
  }
  return installed(installation, options)
}

/** Two specs without a known name may be the same package. npm then keeps only the last one. */
function rejectReplaced(specs: readonly PackageSpec[], folder: string): void {
  const [one, other] = specs.filter(({ name }) => name === undefined)
  const count = Object.keys(dependenciesIn(join(folder, 'package.json'))).length
  if (one && count < specs.length) throw conflict(one, other ?? specs.find((spec) => spec !== one) ?? one)
}

/** Installs the dependencies of a package.json, from its lockfile if npm can read that. */
export function installManifest(file: string, specs: readonly PackageSpec[], options: InstallOptions): Promise<string> {
  const dependencies = dependenciesIn(file)
  for (const spec of specs) {
    const range = spec.name === undefined ? undefined : dependencies[spec.name]
    if (spec.name !== undefined && range !== undefined && spec.range !== undefined && spec.range !== range) {
      throw conflict(spec, { ...spec, text: `${spec.name}@${range}`, origin: file })
    }
  }
  const folder = dirname(file)
  const lockfile = LOCKFILES.find((name) => existsSync(join(folder, name)))
  const foreign = FOREIGN_LOCKFILES.find((name) => existsSync(join(folder, name)))
  if (lockfile === undefined && foreign !== undefined) {
    throw new GangwayError('GANGWAY_E_PACKAGE_INSTALL', `npm cannot read ${join(folder, foreign)}. Install that project with its own package manager, and use --project ${folder}`)
  }
  const manifest = lockfile ? readUserFile(file) : JSON.stringify({ private: true, ...pick(parse(file)), dependencies: absolute(dependencies, folder) })
  const files = { 'package.json': manifest, ...(lockfile && { [lockfile]: readUserFile(join(folder, lockfile)) }) }
  return installed({ kind: 'packages', identity: ['manifest', MAJOR, files], files, npm: [lockfile ? 'ci' : 'install'], what: `the dependencies of ${file}` }, options)
}

const pick = ({ optionalDependencies, overrides }: Manifest): object => ({ ...(optionalDependencies && { optionalDependencies }), ...(overrides && { overrides }) })

/** Makes `file:` paths absolute, because package.json is copied to another folder. */
const absolute = (dependencies: Readonly<Record<string, string>>, folder: string): object =>
  Object.fromEntries(Object.entries(dependencies).map(([name, range]) => [name, range.startsWith('file:') ? `file:${join(folder, range.slice('file:'.length))}` : range]))

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly overrides?: object
}

const dependenciesIn = (file: string): Readonly<Record<string, string>> => parse(file).dependencies ?? {}

function parse(file: string): Manifest {
  try {
    return Object(JSON.parse(readUserFile(file))) as Manifest
  } catch (cause) {
    throw new GangwayError('GANGWAY_E_PACKAGE_INSTALL', `${file} ${cause instanceof UnreadableFile ? messageOf(cause) : 'is not valid JSON'}. Pass a valid package.json`, { cause })
  }
}
