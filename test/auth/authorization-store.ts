/** What an authorization server remembers, in memory. */
import type { Adapter, AdapterPayload } from 'oidc-provider'

export function newStore(): (model: string) => Adapter {
  const all = new Map<string, AdapterPayload>()
  const within = (matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => [...all.values()].find(matches)
  return (model) => ({
    upsert: async (id, { ...payload }) => {
      if (model === 'Client') delete payload.scope // What a client asked for first is not all that it may ever ask for.
      all.set(`${model}:${id}`, payload)
    },
    find: async (id) => all.get(`${model}:${id}`),
    findByUid: async (uid) => within((payload) => payload.uid === uid && payload.kind === model),
    findByUserCode: async () => undefined,
    consume: async (id) => void Object.assign(all.get(`${model}:${id}`) ?? {}, { consumed: Math.floor(Date.now() / 1000) }),
    destroy: async (id) => void all.delete(`${model}:${id}`),
    revokeByGrantId: async (grantId) => {
      for (const [key, payload] of all) if (payload.grantId === grantId) all.delete(key)
    },
  })
}
