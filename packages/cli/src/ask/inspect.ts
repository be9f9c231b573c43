/** `gangway inspect`: all about a server, for people or for programs. */
import type { Client } from '@gangway/core/client'
import { print, printJson } from '../output.ts'
import { noteFailedLists, report } from './failed.ts'
import { offerText } from './offer-text.ts'
import { offerOf } from './offer.ts'
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
  const name = info ? `${info.name} ${info.version}` : 'A server that does not say its name'
  return [name, `MCP ${revision}`, `Capabilities: ${Object.keys(capabilities).toSorted().join(', ') || 'none'}`, ...(instructions === undefined ? [] : ['', instructions])].join('\n')
}

/** By name, so that two outputs can be compared; lists keep their order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sorted(member)]))
}
