/** A package registry on loopback: as much of npm's protocol as an installation takes. */
import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

export interface PublishedPackage {
  readonly name: string
  readonly version: string
  /** Further members of its package.json. */
  readonly manifest?: object
  readonly files: Readonly<Record<string, string>>
}

export interface Registry {
  readonly url: string
  /** The paths that were asked for. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

export async function startRegistry(packages: readonly PublishedPackage[]): Promise<Registry> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '/').slice(1)
    requests.push(path)
    const [name = '', tarball] = path.split('/-/')
    const versions = packages.filter((candidate) => candidate.name === name)
    const wanted = versions.find(({ version }) => tarball === `${version}.tgz`)
    if (wanted) response.end(pack(wanted))
    else if (versions.length > 0 && tarball === undefined) response.setHeader('content-type', 'application/json').end(JSON.stringify(packument(name, versions, address(server))))
    else response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"Not found"}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: address(server), requests, close: () => new Promise((resolve) => server.close(() => resolve())) }
}

const address = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

function packument(name: string, versions: readonly PublishedPackage[], url: string): object {
  const entries = versions.map((published) => {
    const integrity = `sha512-${createHash('sha512').update(pack(published)).digest('base64')}`
    return [published.version, { ...manifestOf(published), dist: { tarball: `${url}${name}/-/${published.version}.tgz`, integrity } }]
  })
  return { name, 'dist-tags': { latest: versions.at(-1)?.version }, versions: Object.fromEntries(entries) }
}

const manifestOf = ({ name, version, manifest }: PublishedPackage): object => ({ name, version, ...manifest })

/** The tarball that npm would make of it; every file may be executed. */
export function pack(published: PublishedPackage): Buffer {
  const files = { 'package.json': JSON.stringify(manifestOf(published)), ...published.files }
  const blocks = Object.entries(files).flatMap(([name, text]) => {
    const content = Buffer.from(text)
    return [header(`package/${name}`, content.length), content, Buffer.alloc((512 - (content.length % 512)) % 512)]
  })
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]))
}

function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(512)
  const fields: readonly [string, number][] = [
    [name, 0],
    [octal(0o755, 8), 100],
    [octal(0, 8), 108],
    [octal(0, 8), 116],
    [octal(size, 12), 124],
    [octal(0, 12), 136],
    [' '.repeat(8), 148], // Its own checksum counts as spaces.
    ['0', 156],
    ['ustar\u000000', 257],
  ]
  for (const [text, offset] of fields) block.write(text, offset, 'latin1')
  block.write(octal(block.reduce((sum, byte) => sum + byte, 0), 7), 148, 'latin1')
  return block
}

const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`
