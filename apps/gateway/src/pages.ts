/** The pages of the application: log in, list errands, and add one. */
import type { FastifyInstance } from 'fastify'
import type { Errands } from './errands.ts'
import { COOKIE, personOf } from './login.ts'
import type { People } from './people.ts'

export interface PagesOptions {
  readonly people: People
  readonly errands: Errands
  readonly origins: readonly string[]
}

export async function pages(app: FastifyInstance, { people, errands, origins }: PagesOptions): Promise<void> {
  app.addHook('onRequest', async ({ method, headers: { origin } }, reply) => {
    if (method === 'POST' && origin !== undefined && !origins.includes(origin)) return reply.code(403).send('This form belongs to another site')
    return undefined
  })

  app.get('/', async ({ headers }, reply) => {
    const person = personOf(app, people, headers.cookie)
    return reply.type('text/html; charset=utf-8').send(person === undefined ? LOGIN : page(person, errands))
  })

  app.post<{ Body: { name: string; password: string } }>('/login', { schema: form('name', 'password'), config: { rateLimit: { max: 10 } } }, async ({ body }, reply) => {
    const login = await people.logIn(body.name, body.password)
    if (login === undefined) return reply.code(401).type('text/html; charset=utf-8').send(LOGIN)
    return reply.setCookie(COOKIE, login, { path: '/', httpOnly: true, sameSite: 'lax', secure: origins.every((origin) => origin.startsWith('https:')) }).redirect('/', 303)
  })

  app.post('/logout', async ({ cookies }, reply) => {
    people.logOut(cookies[COOKIE] ?? '')
    return reply.clearCookie(COOKIE, { path: '/' }).redirect('/', 303)
  })

  app.post<{ Body: { what: string } }>('/errands', { schema: form('what') }, async ({ headers, body }, reply) => {
    const person = personOf(app, people, headers.cookie)
    if (person !== undefined && body.what) errands.add(person, body.what)
    return reply.redirect('/', 303)
  })
}

/** Fastify responds with 400 if a field is missing or repeated. */
const form = (...names: readonly string[]) => ({ body: { type: 'object', required: names, properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) } })

const LOGIN = `<!doctype html><title>Errands</title>
<form method="post" action="/login"><input name="name" placeholder="name"> <input name="password" type="password" placeholder="password"> <button>Log in</button></form>`

const page = (person: string, errands: Errands): string => `<!doctype html><title>Errands</title>
<h1>Errands of ${escape(person)}</h1>
<ul>${errands.list(person).map(({ what, done }) => `<li>${done ? `<s>${escape(what)}</s>` : escape(what)}</li>`).join('')}</ul>
<form method="post" action="/errands"><input name="what"> <button>Add</button></form>
<form method="post" action="/logout"><button>Log out</button></form>`

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
