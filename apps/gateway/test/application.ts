/** The application on a port of its own, with two people in it. */
import { createApp, type AppOptions } from '../src/app.ts'
import { Errands } from '../src/errands.ts'
import { People } from '../src/people.ts'

/** The page of somebody else that may call, and where the application says its own pages are. */
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

/** What a browser has after it logged in on the page. */
export async function logIn(origin: string, name: string, password: string): Promise<{ status: number; cookie: string }> {
  const reply = await fetch(`${origin}/login`, { method: 'POST', redirect: 'manual', headers: { origin: OWN }, body: new URLSearchParams({ name, password }) })
  return { status: reply.status, cookie: reply.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ') }
}
