/** Starts the application on a free port, with two users. */
import { createApp, type AppOptions } from '../src/app.ts'
import { Errands } from '../src/errands.ts'
import { People } from '../src/people.ts'

/** The origin of an allowed foreign page, and the application's own origin. */
export const PARTNER = 'https://partner.example'
export const OWN = 'http://errands.test'

export async function start(options: Partial<AppOptions> = {}) {
  const people = new People()
  const errands = new Errands()
  const keys = { ada: people.add('ada', 'lovelace'), bob: people.add('bob', 'builder') }
  const app = await createApp({ people, errands, origins: [OWN, PARTNER, 'http://127.0.0.1'], ...options })
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  return { app, origin, errands, keys }
}

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

/** The status and cookie of a browser after a login on the page. */
export async function logIn(origin: string, name: string, password: string): Promise<{ status: number; cookie: string }> {
  const reply = await fetch(`${origin}/login`, { method: 'POST', redirect: 'manual', headers: { origin: OWN }, body: new URLSearchParams({ name, password }) })
  return { status: reply.status, cookie: reply.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ') }
}
