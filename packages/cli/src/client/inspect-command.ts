/** `gangway inspect`: prints everything that a server offers, as text or JSON. */
import type { Client } from '@gangway/core/client'
import { print, printJson } from '../output.ts'
import { noteFailedLists, report } from './report-failures.ts'
import { offerText } from './format-lists.ts'
import { offerOf } from './fetch-lists.ts'
import { findOnly, type TargetOptions } from './target.ts'
import { withClient } from './with-client.ts'

export interface InspectOptions extends TargetOptions {
  readonly format: string
}

export async function inspect(words: readonly string[], { format, ...options }: InspectOptions, rest: readonly string[]): Promise<void> {
  const target = await findOnly(words, options, rest)
  await withClient(target, options.timeout, async ({ client, failed }) => {
    const { offer, failedLists } = await offerOf(client, ['tools', 'resources', 'prompts'])
    if (format === 'json') printJson(sorted({ ...client.server, ...offer }))
    else print(`${heading(client)}\n\n${offerText(offer)}`)
    noteFailedLists(failedLists)
    report(failed)
  })
}

function heading({ server: { info, revision, capabilities, instructions } }: Client): string {
  const name = info ? `${info.name} ${info.version}` : 'Unnamed server'
  return [name, `MCP ${revision}`, `Capabilities: ${Object.keys(capabilities).toSorted().join(', ') || 'none'}`, ...(instructions === undefined ? [] : ['', instructions])].join('\n')
}

/** Sorts object keys, so that two outputs can be compared. Lists keep their order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sorted(member)]))
}
