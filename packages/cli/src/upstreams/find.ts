/** From what was typed to the servers elsewhere that it means. */
import process from 'node:process'
import { GangwayError, redact } from '@gangway/core'
import { isConfigName } from '../config/find-config.ts'
import { findFile, isFile } from '../load/find-file.ts'
import type { Entry } from './entry.ts'
import { isUrl, kindOfUrl, parseJsonSpec } from './spec.ts'

/** By name, in their order; an address has none. */
export type Upstreams = ReadonlyMap<string, Entry>

export interface FindOptions {
  /** For an address: a file has its own. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** Undefined for anything but an address, or a JSON file of servers. Throws `GANGWAY_E_URL`, `GANGWAY_E_MCP_JSON` and what `findFile` does. */
export async function findUpstreams(spec: string, { headers }: FindOptions = {}): Promise<Upstreams | undefined> {
  if (isUrl(spec)) return new Map([['', ofUrl(spec, headers)]])
  const json = isFile(spec) ? { path: spec, server: undefined } : parseJsonSpec(spec)
  const { readMcpJson } = json && /\.jsonc?$/i.test(json.path) && !isConfigName(json.path) ? await import('./mcp-json.ts') : {}
  const found = json && readMcpJson?.(findFile(json.path), { env: process.env, server: json.server })
  if (headers) throw new GangwayError('GANGWAY_E_USAGE', found ? `--header is for an address: write the headers of a server into ${json.path}` : '--header is for an address, https://…: leave it out')
  return found
}

function ofUrl(url: string, headers: FindOptions['headers']): Entry {
  if (!URL.canParse(url)) throw new GangwayError('GANGWAY_E_URL', `${JSON.stringify(redact(url))} is not an HTTP address: write it as https://host:port/path`)
  return { kind: kindOfUrl(url), url, headers: headers ?? {} }
}
