/** Options that limit the connections to upstreams: `--revision`, `--max-connections` and `--max-processes`. */
import { LEGACY_REVISIONS, MODERN_REVISIONS } from '@gangway/core/internal'
import { InvalidArgumentError, Option } from 'commander'

export const revisionOption = (): Option => new Option('--revision <revision>', 'use only this protocol revision with remote servers').choices([...MODERN_REVISIONS, ...LEGACY_REVISIONS])

export const maxConnectionsOption = (): Option =>
  new Option('--max-connections <number>', 'limit the connections to each remote server (default: 16 if each starts a process, otherwise 1000)').argParser(parseLimit)

export const maxProcessesOption = (): Option => new Option('--max-processes <number>', 'limit the processes across all servers in an mcp.json (default: 64)').argParser(parseLimit)

/** Whether the text is a whole number of at least 1. */
export const isLimit = (text: string): boolean => /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) && Number(text) > 0

function parseLimit(text: string): number {
  if (!isLimit(text)) throw new InvalidArgumentError('expected a whole number of at least 1')
  return Number(text)
}
