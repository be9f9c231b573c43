/** What the requests of an endpoint hold, and when they give it back. */
import { expect, test } from 'vitest'
import { IncomingRequests } from '../src/jsonrpc/incoming-requests.ts'
import { success, type ResponseMessage } from '../src/jsonrpc/message.ts'
import { BodyPieces } from '../src/web/body.ts'
import { Load } from '../src/web/endpoint-load.ts'

const newLoad = (limits: Partial<ConstructorParameters<typeof Load>[0]> = {}) => new Load({ maxTotalInflight: 4, totalBodyLimit: 1000, ...limits })
const TOO_MANY_BYTES = { data: { reason: 'too_many_bytes' } }
const ignore = (): void => {}

/** A handler that settles when it is told to. */
function newHandler() {
  let settle: (response: ResponseMessage) => void = ignore
  const response = new Promise<ResponseMessage>((resolve) => (settle = resolve))
  return { serve: () => response, settle: () => settle(success(1, {})) }
}

test('a body holds its memory until whoever serves the request and its handler are done', async () => {
  const load = newLoad()
  const held = load.hold('ada', 400)
  const [inflight, handler] = [new IncomingRequests(), newHandler()]
  const answer = inflight.run(1, ignore, handler.serve, held.enter)
  held.release()
  expect([load.bodies.used, load.requests.used]).toEqual([400, 1])
  handler.settle()
  await answer
  expect([load.bodies.used, load.requests.used]).toEqual([0, 0])
})

test('a cancelled request frees its place at once, and its memory when the handler has settled', async () => {
  const load = newLoad()
  const held = load.hold('ada', 400)
  const [inflight, handler] = [new IncomingRequests(), newHandler()]
  void inflight.run(1, ignore, handler.serve, held.enter)
  held.release()
  inflight.cancel(1, 'test')
  expect([load.bodies.used, load.requests.used]).toEqual([400, 0])
  handler.settle()
  await expect.poll(() => load.bodies.used).toBe(0)
})

test('a batch holds its memory until the last of its handlers has settled', async () => {
  const load = newLoad()
  const held = load.hold('ada', 400)
  held.requireRoom(2)
  const inflight = new IncomingRequests()
  const handlers = [newHandler(), newHandler()]
  const answers = handlers.map(({ serve }, id) => inflight.run(id, ignore, serve, held.enter))
  held.release()
  handlers[0]?.settle()
  await answers[0]
  expect([load.bodies.used, load.requests.used]).toEqual([400, 1])
  handlers[1]?.settle()
  await answers[1]
  expect([load.bodies.used, load.requests.used]).toEqual([0, 0])
})

test('what a handler was given while it ran is held until it has settled, and not afterwards', () => {
  const load = newLoad()
  const held = load.hold('ada', 400)
  held.grow(300)
  expect(load.bodies.used).toBe(700)
  held.release()
  held.grow(300)
  expect(load.bodies.used).toBe(0)
})

test('a request that is answered at once, and one whose id is in use, leave nothing', () => {
  const load = newLoad()
  const inflight = new IncomingRequests()
  void inflight.run(1, ignore, newHandler().serve)
  for (const id of [1, 2]) {
    const held = load.hold('ada', 400)
    void inflight.run(id, ignore, () => success(id, {}), held.enter)
    held.release()
  }
  expect([load.bodies.used, load.requests.used]).toEqual([0, 0])
})

test('a body gets 503 while others hold the memory, and 413 if all of it would not be enough', () => {
  const load = newLoad()
  const held = load.hold('ada', 600)
  expect(() => load.hold('ben', 500)).toThrow(expect.objectContaining({ status: 503, ...TOO_MANY_BYTES }))
  held.release()
  expect(() => load.hold('ben', 1001)).toThrow(expect.objectContaining({ status: 413, ...TOO_MANY_BYTES }))
  load.hold('ben', 1000).release()
})

test('a connection has a bound, and one that is not known has none', () => {
  const load = newLoad({ maxConnectionInflight: 1 })
  const connection = {}
  const held = load.hold('ada', 1)
  held.requireRoom(1, connection)
  const turn = held.enter(ignore)
  expect(() => held.requireRoom(1, connection)).toThrow(expect.objectContaining({ status: 429, data: { reason: 'too_many_requests' } }))
  held.requireRoom(2)
  turn.leave()
  held.requireRoom(1, connection)
})

test('[case 16] the bytes of a body count as they arrive, whatever length was announced', () => {
  const { bodies } = newLoad()
  const open = (announced?: string) => new BodyPieces(announced, { max: 10_000, all: bodies, owner: () => 'ada' })
  const pieces = open('900')
  expect(bodies.used).toBe(0)
  pieces.add(new Uint8Array(300))
  const chunked = open()
  chunked.add(new Uint8Array(400))
  expect(bodies.used).toBe(700)
  expect(() => pieces.add(new Uint8Array(400))).toThrow(expect.objectContaining({ status: 503, ...TOO_MANY_BYTES }))
  pieces.drop()
  expect(bodies.used).toBe(400)
  expect(chunked.whole()).toHaveLength(400)
  chunked.drop()
  expect(bodies.used).toBe(0)
})
