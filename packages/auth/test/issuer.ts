/** An issuer on loopback that answers as it is told to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose'
import { afterTest } from '../../../test/harness/cleanup.ts'

/** What it says: a document, or a way to treat the request. */
export type Answer = object | ((request: IncomingMessage & { body: string }, response: ServerResponse) => void)

export interface Loopback {
  readonly url: string
  /** By path. Anything else is 404. */
  readonly answers: Record<string, Answer>
  /** The paths that were asked for. */
  readonly asked: string[]
}

export const fails: Answer = (_, response) => void response.writeHead(500).end('{}')
/** Never answers. */
export const hangs: Answer = () => {}

export async function loopback(): Promise<Loopback> {
  const answers: Loopback['answers'] = {}
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    const answer = answers[path]
    if (typeof answer === 'function') answer(Object.assign(request, { body: await text(request) }), response)
    else response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterTest(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, answers, asked }
}

export interface Key {
  readonly jwk: object
  sign(claims: JWTPayload): Promise<string>
}

export async function newKey(kid: string): Promise<Key> {
  const { publicKey, privateKey }: { publicKey: CryptoKey; privateKey: CryptoKey } = await generateKeyPair('ES256')
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' },
    sign: (claims) => new SignJWT({ sub: 'ada', scope: 'mcp', exp: Math.floor(Date.now() / 1000) + 600, ...claims }).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey),
  }
}
