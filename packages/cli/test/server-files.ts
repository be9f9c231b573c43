/** Every kind of file that a server may be, as a project of its own. Each answers as `kind`. */
import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { project } from './gangway.ts'

interface ServerFile {
  readonly kind: string
  /** The first is the one to run. */
  readonly files: Readonly<Record<string, string>>
  /** From where it lies to what it stands for, as pnpm links the packages of a workspace. */
  readonly links?: Readonly<Record<string, string>>
}

const core = "import { isMain, McpServer } from '@gangway/core'\n"
const esm = { 'package.json': '{ "type": "module" }' }
const made = (kind: string): string => `new McpServer({ name: '${kind}', version: '1.0.0' })`

const SHARED = `import { currency } from '@shop/units'
import { kind } from './kind.js'

export enum Version { One = '1.0.0' }
export const name: string = currency === 'EUR' ? kind : 'wrong'
`

export const SERVER_FILES: readonly ServerFile[] = [
  { kind: 'no run()', files: { 'server.ts': `${core}export default ${made('no run()')}\n`, ...esm } },
  { kind: 'an unguarded run()', files: { 'server.ts': `${core}const server = ${made('an unguarded run()')}\nawait server.run()\n`, ...esm } },
  { kind: 'an unguarded run(), not awaited', files: { 'server.ts': `${core}export const server = ${made('an unguarded run(), not awaited')}\nserver.run()\n`, ...esm } },
  { kind: 'a guarded run()', files: { 'server.ts': `${core}export const server = ${made('a guarded run()')}\nif (isMain(import.meta)) await server.run()\n`, ...esm } },
  { kind: 'JavaScript', files: { 'server.js': `${core}export const mcp = ${made('JavaScript')}\n`, ...esm } },
  { kind: 'CommonJS', files: { 'server.cjs': `const { McpServer } = require('@gangway/core')\nmodule.exports = ${made('CommonJS')}\n` } },
  { kind: 'CommonJS by its package', files: { 'server.js': `const { McpServer } = require('@gangway/core')\nexports.server = ${made('CommonJS by its package')}\n`, 'package.json': '{ "type": "commonjs" }' } },
  { kind: 'CommonJS with a run()', files: { 'server.js': `const { McpServer } = require('@gangway/core')\n${made('CommonJS with a run()')}.run()\n`, 'package.json': '{}' } },
  {
    kind: 'TypeScript that cannot be stripped',
    files: {
      'src/server.ts': `${core}import { kind } from '@/names/kind'\nimport { End } from './end.js'\nenum Version { One = '1.0.0' }\nclass Name { constructor(readonly text: string) {} }\nexport default new McpServer({ name: new Name(kind + End.Stripped).text, version: Version.One })\n`,
      'src/end.ts': "export const enum End { Stripped = ' stripped' }\n",
      'src/names/kind.ts': "export const kind: string = 'TypeScript that cannot be'\n",
      'tsconfig.json': '{\n  // As tsc has them.\n  "compilerOptions": { "paths": { "@/*": ["./src/*"] } },\n}',
      ...esm,
    },
  },
  {
    kind: 'a workspace with uncompiled TypeScript',
    files: {
      'apps/shop/server.ts': `${core}import { name, Version } from '@shop/shared'\nexport default new McpServer({ name, version: Version.One })\n`,
      'apps/shop/package.json': '{ "type": "module", "dependencies": { "@shop/shared": "workspace:*" } }',
      'packages/shared/package.json': '{ "name": "@shop/shared", "type": "module", "exports": "./src/index.ts", "dependencies": { "@shop/units": "workspace:*" } }',
      'packages/shared/src/index.ts': SHARED,
      'packages/shared/src/kind.ts': "export const kind: string = 'a workspace with uncompiled TypeScript'\n",
      'packages/units/package.json': '{ "name": "@shop/units", "type": "module", "exports": { ".": { "import": "./units.ts" } } }',
      'packages/units/units.ts': "enum Currency { Euro = 'EUR' }\nexport const currency: string = Currency.Euro\n",
      'pnpm-workspace.yaml': 'packages: [apps/*, packages/*]\n',
    },
    links: { 'apps/shop/node_modules/@shop/shared': 'packages/shared', 'packages/shared/node_modules/@shop/units': 'packages/units' },
  },
  {
    kind: 'a workspace that Node strips',
    files: {
      'apps/shop/server.ts': `${core}import { kind } from '@shop/shared'\nexport default new McpServer({ name: kind, version: '1.0.0' })\n`,
      'apps/shop/package.json': '{ "type": "module" }',
      'packages/shared/package.json': '{ "name": "@shop/shared", "type": "module", "exports": "./index.ts" }',
      'packages/shared/index.ts': "export const kind: string = 'a workspace that Node strips'\n",
    },
    links: { 'apps/shop/node_modules/@shop/shared': 'packages/shared' },
  },
]

/** The folder to run in, and the file to run there. */
export function prepare({ files, links = {} }: ServerFile): { cwd: string; file: string } {
  const cwd = project(files)
  for (const [from, to] of Object.entries(links)) {
    mkdirSync(dirname(join(cwd, from)), { recursive: true })
    symlinkSync(join(cwd, to), join(cwd, from), 'junction')
  }
  return { cwd, file: Object.keys(files)[0]! }
}
