/** An answer and a cancellation race for one settlement, and nothing leaves after it. */
import { describe, expect, test } from 'vitest'
import { Exchange, IncomingRequests } from '../src/jsonrpc/incoming-requests.ts'
import { notification, success, type Message, type ResponseMessage } from '../src/jsonrpc/message.ts'

const ignore = (): void => {}
const ping = notification('notifications/ping', {})

function exchange() {
  const sent: Message[] = []
  let cancelled = 0
  return { sent, count: () => cancelled, exchange: new Exchange((message) => void sent.push(message), () => void cancelled++) }
}

describe('an exchange', () => {
  test('is settled once', () => {
    const { exchange: one } = exchange()
    expect([one.settle(), one.settle()]).toEqual([true, false])
  })

  test('that is settled sends nothing more, and cannot be cancelled', () => {
    const { exchange: one, sent, count } = exchange()
    one.send(ping)
    one.settle()
    one.send(ping)
    one.cancel('late')
    expect([sent.length, count(), one.cancelled, one.signal.aborted]).toEqual([1, 0, false, false])
  })

  test('that is cancelled sends nothing more, and cannot be settled', () => {
    const { exchange: one, sent, count } = exchange()
    one.cancel('enough')
    one.cancel('again')
    one.send(ping)
    expect([sent.length, count(), one.cancelled, one.settle()]).toEqual([0, 1, true, false])
  })

  test('gives its signal the reason, whether it is read before or after', () => {
    const before = exchange().exchange
    const { signal } = before
    before.cancel('enough')
    const after = exchange().exchange
    after.cancel('enough')
    for (const { aborted, reason } of [signal, before.signal, after.signal]) expect([aborted, reason.name, reason.message]).toEqual([true, 'AbortError', 'enough'])
    expect(before.signal).toBe(signal)
  })
})

describe('requests in flight', () => {
  test('[case 22] ids of different types are different requests', async () => {
    const inflight = new IncomingRequests()
    const finish: (() => void)[] = []
    const serve = (id: number | string) => inflight.run(id, ignore, () => new Promise((resolve) => finish.push(() => resolve(success(id, { id })))))
    const [number, text] = [serve(2), serve('2')]
    inflight.cancel('2', 'enough')
    expect(await text).toBeUndefined()
    for (const one of finish) one()
    expect(await number).toMatchObject({ id: 2, result: { id: 2 } })
  })

  const answer = success('x', {})

  /** A request whose answer is in our hands. */
  function start(inflight: IncomingRequests, id: string | number = 'x') {
    let resolve: (response: ResponseMessage) => void = ignore
    let given: Exchange | undefined
    const outcome = inflight.run(id, ignore, (exchange) => {
      given = exchange
      return new Promise((settle) => (resolve = settle))
    })
    return { outcome, answer: () => resolve(answer), exchange: () => given as Exchange }
  }

  test('get their responses, and then their id is free', async () => {
    const inflight = new IncomingRequests()
    const request = start(inflight)
    expect(inflight.size).toBe(1)
    request.answer()
    expect(await request.outcome).toBe(answer)
    expect(inflight.size).toBe(0)
  })

  test('that are cancelled end at once, whatever their handler does', async () => {
    const inflight = new IncomingRequests()
    const request = start(inflight)
    inflight.cancel('x', 'enough')
    expect(await request.outcome).toBeUndefined()
    expect([inflight.size, request.exchange().signal.aborted]).toEqual([0, true])
    const next = start(inflight)
    request.answer() // Of the first, under the same id.
    await Promise.resolve()
    expect(inflight.size).toBe(1)
    next.answer()
    expect(await next.outcome).toBe(answer)
  })

  test('can be cancelled until the end of the turn of their response, and then get none', async () => {
    const inflight = new IncomingRequests()
    const request = start(inflight)
    request.answer()
    inflight.cancel('x', 'enough')
    expect(await request.outcome).toBeUndefined()
  })

  test('block their id', async () => {
    const inflight = new IncomingRequests()
    const request = start(inflight)
    expect(await start(inflight).outcome).toMatchObject({ id: 'x', error: { code: -32600 } })
    const number = start(inflight, 1)
    const text = start(inflight, '1')
    inflight.cancel(1, 'enough')
    expect(await number.outcome).toBeUndefined()
    text.answer()
    expect(await text.outcome).toBe(answer)
    request.answer()
    expect(await request.outcome).toBe(answer)
  })

  test.each([undefined, null, 1.5, {}, Number.NaN, 'unknown'])('are not cancelled by the id %s', (id) => {
    const inflight = new IncomingRequests()
    const request = start(inflight)
    inflight.cancel(id, 'enough')
    expect(inflight.size).toBe(1)
    request.answer()
  })

  test('are awaited, all of them', async () => {
    const inflight = new IncomingRequests()
    await inflight.idle()
    const [one, two] = [start(inflight, 1), start(inflight, 2)]
    let idle = false
    const waiting = inflight.idle().then(() => (idle = true))
    one.answer()
    await one.outcome
    expect(idle).toBe(false)
    inflight.cancelAll('the end')
    expect(await two.outcome).toBeUndefined()
    await waiting
  })
})

describe('handlers that continue after a cancellation', () => {
  test('free their places at once while they are few, and hold them from 256 on until they settle', async () => {
    const inflight = new IncomingRequests()
    let places = 0
    const settles: (() => void)[] = []
    const start = (id: number): unknown =>
      inflight.run(id, ignore, () => new Promise<ResponseMessage>((resolve) => settles.push(() => resolve(success(id, {})))), () => {
        places++
        return { leave: () => void places-- }
      })
    for (let id = 0; id < 300; id++) {
      start(id)
      inflight.cancel(id, 'enough')
    }
    expect([inflight.size, inflight.places, places]).toEqual([0, 44, 44])
    for (const settle of settles) settle()
    await Promise.resolve()
    await Promise.resolve()
    expect([inflight.places, places]).toEqual([0, 0])
    start(1)
    inflight.cancel(1, 'enough')
    expect([inflight.places, places]).toEqual([0, 0])
    await inflight.idle()
  })

  test('send no response, also if their id is in use again', async () => {
    const inflight = new IncomingRequests()
    let settleFirst = ignore
    const first = inflight.run(1, ignore, () => new Promise<ResponseMessage>((resolve) => (settleFirst = () => resolve(success(1, { run: 1 })))))
    inflight.cancel(1, 'enough')
    const second = inflight.run(1, ignore, () => Promise.resolve(success(1, { run: 2 })))
    settleFirst()
    expect([await first, await second]).toEqual([undefined, success(1, { run: 2 })])
    await inflight.idle()
  })
})
