/** `--revision` and `--max-connections`: how upstreams are connected to. */
import { LEGACY_REVISIONS, MODERN_REVISIONS } from '@gangway/core'
import { InvalidArgumentError, Option } from 'commander'

export const revisionOption = (): Option => new Option('--revision <revision>', 'speak only this protocol revision to the servers of an address or an mcp.json').choices([...MODERN_REVISIONS, ...LEGACY_REVISIONS])

export const maxConnectionsOption = (): Option =>
  new Option('--max-connections <number>', 'connections to each server of an address or an mcp.json (default: 16 if each starts a process, otherwise 1000)').argParser((text) => {
    const count = Number(text)
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(count) || count === 0) throw new InvalidArgumentError('use a whole number, 1 or more')
    return count
  })
