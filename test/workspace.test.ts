/** What every published package promises in its manifest. */

import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pack, type Packed } from '../scripts/packed.mjs'

const packages = new URL('../packages/', import.meta.url)
const directories = readdirSync(packages)
const directory = mkdtempSync(join(tmpdir(), 'gangway-pack-'))
const published = new Map<string, Packed>()

beforeAll(() => {
  for (const packed of pack(directory)) published.set(packed.name, packed)
}, 60_000)
afterAll(() => rmSync(directory, { recursive: true }))

test('every package is published', () => {
  expect([...published.keys()].toSorted()).toEqual(directories.map((name) => `@gangway/${name}`).toSorted())
})

describe.each(directories)('%s', (name) => {
  const source = JSON.parse(readFileSync(new URL(`${name}/package.json`, packages), 'utf8'))
  const packed = () => published.get(`@gangway/${name}`)!

  test('declares its license, engines and repository', () => {
    expect(source).toMatchObject({
      license: 'MIT',
      type: 'module',
      engines: { node: '>=20.19' },
      repository: { directory: `packages/${name}` },
      publishConfig: { access: 'public', provenance: true },
    })
    expect(source.sideEffects).toBe(name === 'cli' ? undefined : false)
  })

  test('contains its license, readme, built files and exported data, and nothing else', () => {
    const { files, manifest } = packed()
    const data = Object.values(manifest.exports).flatMap((entry) => (typeof entry === 'string' ? [entry.replace('./', '')] : []))
    const others = files.filter((file) => !file.startsWith('dist/'))
    expect(others.toSorted()).toEqual([...new Set(['LICENSE', 'README.md', 'package.json', ...data])].toSorted())
  })

  test('resolves to built files for users and to sources here', () => {
    const { exports, bin = {} } = packed().manifest
    const targets = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry)))
    for (const target of [...targets, ...Object.values<string>(bin)]) expect(packed().files).toContain(target.replace('./', ''))
    for (const [path, entry] of Object.entries(exports)) {
      if (typeof entry === 'string') continue
      expect(Object.keys(entry)).toEqual(['types', 'default'])
      expect(source.exports[path]).toEqual({ '@gangway/source': expect.stringMatching(/^\.\/src\//), ...entry })
      expect(Object.keys(source.exports[path])[0]).toBe('@gangway/source')
    }
    expect(Object.keys(source.exports)).toEqual(Object.keys(exports))
  })

  test('depends on nothing that exists only in this workspace', () => {
    const { dependencies, peerDependencies } = packed().manifest
    expect(JSON.stringify({ dependencies, peerDependencies })).not.toMatch(/workspace:|catalog:|link:/)
    if (name === 'http-server' || name.startsWith('transport-')) expect(peerDependencies).toEqual({ '@gangway/core': '>=0.1.0 <1' })
    if (name === 'core') expect(dependencies).toBeUndefined()
  })
})
