/** Finds the remote servers that an argument names: a URL, or the servers of an mcp.json. */
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { redact } from '@gangway/core/internal'
import { isConfigName } from '../config/find-config.ts'
import { findFile, isFile } from '../load/find-file.ts'
import type { Entry, Upstreams } from './mcp-json-entry.ts'
import { isUrl, kindOfUrl, parseJsonSpec } from './parse-target.ts'

export interface FindOptions {
  /** For a URL. An mcp.json contains its own headers. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** Undefined if `spec` is neither a URL nor a JSON file of servers. Throws `GANGWAY_E_URL`, `GANGWAY_E_MCP_JSON` and the errors of `findFile`. */
export async function findUpstreams(spec: string, { headers }: FindOptions = {}): Promise<Upstreams | undefined> {
  if (isUrl(spec)) return new Map([['', ofUrl(spec, headers)]])
  const json = isFile(spec) ? { path: spec, server: undefined } : parseJsonSpec(spec)
  const { readMcpJson } = json && /\.jsonc?$/i.test(json.path) && !isConfigName(json.path) ? await import('./mcp-json.ts') : {}
  const found = json && readMcpJson?.(findFile(json.path), { env: process.env, server: json.server })
  if (headers) throw new GangwayError('GANGWAY_E_USAGE', found ? `--header applies only to a URL. Write the headers into ${json.path}` : '--header applies only to a URL. Remove it')
  return found
}

function ofUrl(url: string, headers: FindOptions['headers']): Entry {
  if (!URL.canParse(url)) throw new GangwayError('GANGWAY_E_URL', `Invalid URL ${JSON.stringify(redact(url))}. Write it as https://host:port/path`)
  return { kind: kindOfUrl(url), url, headers: headers ?? {} }
}
