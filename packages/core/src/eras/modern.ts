/** The stateless era, revision 2026-07-28: its methods, and how it spells results. */
import { discover } from '../methods/discovery.ts'
import type { Method } from '../methods/method.ts'
import { listen } from '../methods/subscriptions.ts'
import { META } from '../protocol/revisions.ts'
import type { Meta } from '../protocol/types/base.ts'
import type { Era } from './era.ts'
import { sharedMethods } from './shared.ts'

// Results that must say for how long, and for whom, they may be kept.
const CACHEABLE = new Set(['server/discover', 'tools/list', 'resources/list', 'resources/templates/list', 'resources/read', 'prompts/list'])

export const modern: Era<undefined> = {
  methods: new Map<string, Method>([...sharedMethods, ['server/discover', discover], ['subscriptions/listen', listen]]),
  encodeResult: (result, { method }, { info }) => ({
    resultType: 'complete',
    ...(CACHEABLE.has(method) && { ttlMs: 0, cacheScope: 'private' }),
    ...result,
    _meta: { [META.serverInfo]: info, ...(result as { _meta?: Meta })._meta },
  }),
  encodeError: (error) => error,
}
