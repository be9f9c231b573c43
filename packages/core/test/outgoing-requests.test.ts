/** Requests of our own: each is settled once, by its answer, its time or its withdrawal. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { failure, success, type Message, type RequestMessage } from '../src/jsonrpc/message.ts'
import { RpcError } from '../src/jsonrpc/rpc-errors.ts'
import { PeerError, OutgoingRequests } from '../src/jsonrpc/outgoing-requests.ts'

function peer() {
  const sent: Message[] = []
  const controller = new AbortController()
  const pending = new OutgoingRequests()
  const send = (message: Message): void => void sent.push(message)
  const request = (method = 'roots/list', timeout = 1000): Promise<object> => pending.request(method, {}, { send, sendAnyway: send, signal: controller.signal, timeout })
  return { sent, pending, request, abort: (reason: unknown) => controller.abort(reason), idAt: (index: number) => (sent[index] as RequestMessage).id }
}

function closed(): never {
  throw new Error('Closed')
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a request', () => {
  test('resolves with its result', async () => {
    const { sent, pending, request, idAt } = peer()
    const answer = request()
    expect(sent).toEqual([{ jsonrpc: '2.0', id: idAt(0), method: 'roots/list', params: {} }])
    pending.settle(success(idAt(0), { roots: [] }))
    expect(await answer).toEqual({ roots: [] })
    expect([sent.length, vi.getTimerCount()]).toEqual([1, 0])
  })

  test('rejects with the error of the peer, which is never sent as an error of its own', async () => {
    const { pending, request, idAt } = peer()
    const answer = request()
    pending.settle(failure(idAt(0), new RpcError(-1, 'User rejected', { data: { why: 'no' } })))
    const error = await answer.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(PeerError)
    expect(error).not.toBeInstanceOf(RpcError)
    expect(error).toMatchObject({ name: 'PeerError', code: -1, message: 'User rejected', data: { why: 'no' } })
  })

  test('has a unique id, also after others were settled', async () => {
    const { pending, request, idAt, sent } = peer()
    const answers = [request(), request()]
    pending.settle(success(idAt(1), { which: 1 }))
    pending.settle(success(idAt(0), { which: 0 }))
    expect(await Promise.all(answers)).toEqual([{ which: 0 }, { which: 1 }])
    const third = request()
    pending.settle(success(idAt(2), {}))
    await third
    expect(new Set(sent.map((_, index) => idAt(index))).size).toBe(3)
  })

  test('is settled by no other id', async () => {
    const { pending, request, idAt } = peer()
    const answer = request()
    for (const id of [`0${idAt(0)}`, `${idAt(0)}.0`, ` ${idAt(0)}`, `${idAt(0)}e0`, Number(idAt(0)) + 1, 0, '', 'constructor']) pending.settle(success(id, { wrong: true }))
    pending.settle(failure(null, new RpcError(-32700, 'What?')))
    pending.settle(success(idAt(0), { right: true }))
    pending.settle(success(idAt(0), { late: true }))
    pending.settle(failure(idAt(0), new RpcError(1, 'late')))
    expect(await answer).toEqual({ right: true })
  })

  test('[case 22] is settled by its id as a string, in canonical decimal form', async () => {
    const { pending, request, idAt } = peer()
    const answer = request()
    expect(pending.settle(success(String(idAt(0)), { right: true }))).toBe(true)
    expect(await answer).toEqual({ right: true })
  })

  test('that takes too long is cancelled [C25] [C30]', async () => {
    const { sent, pending, request, idAt } = peer()
    const answer = request('sampling/createMessage', 50).catch((reason: unknown) => reason)
    await vi.advanceTimersByTimeAsync(49)
    expect(sent).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(await answer).toMatchObject({ name: 'TimeoutError', message: 'No response to sampling/createMessage within 50 ms' })
    expect(sent.slice(1)).toEqual([{ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: idAt(0), reason: 'No response to sampling/createMessage within 50 ms' } }])
    pending.settle(success(idAt(0), {}))
    expect([sent.length, vi.getTimerCount()]).toEqual([2, 0])
  })

  test.each([
    [new Error('Enough'), 'Enough'],
    ['Enough', 'Enough'],
    [new DOMException('The session has ended', 'AbortError'), 'The session has ended'],
  ])('whose signal aborts is cancelled once', async (reason, told) => {
    const { sent, pending, request, abort, idAt } = peer()
    const answers = [request(), request()].map((answer) => answer.catch((error: unknown) => error))
    pending.settle(success(idAt(0), { first: true }))
    await answers[0]
    abort(reason)
    expect(await Promise.all(answers)).toEqual([{ first: true }, reason])
    await vi.advanceTimersByTimeAsync(5000)
    expect(sent.slice(2)).toEqual([{ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: idAt(1), reason: told } }])
  })

  test.each([2 ** 31, Number.POSITIVE_INFINITY])('can take %d ms, more than the maximum of a timer', async (timeout) => {
    const { sent, pending, request, idAt } = peer()
    const answer = request('roots/list', timeout)
    await vi.advanceTimersByTimeAsync(1000)
    pending.settle(success(idAt(0), { roots: [] }))
    expect(await answer).toEqual({ roots: [] })
    expect(sent).toHaveLength(1)
  })

  test('with an infinite timeout still has a maximum', async () => {
    const pending = new OutgoingRequests()
    const answer = pending.request('x', {}, { send: () => {}, sendAnyway: () => {}, timeout: Number.POSITIVE_INFINITY, totalTimeout: 100 }).catch((reason: unknown) => reason)
    await vi.advanceTimersByTimeAsync(100)
    expect(await answer).toMatchObject({ name: 'TimeoutError', message: 'No response to x within 100 ms' })
  })

  test('gets back the time that the peer waited for input, once for concurrent requests', async () => {
    const pending = new OutgoingRequests()
    let over = false
    const answer = pending.request('x', {}, { send: () => {}, sendAnyway: () => {}, timeout: 1000, totalTimeout: 500 }).catch((reason: unknown) => ((over = true), reason))
    const releases = [pending.hold(), pending.hold(), pending.hold()]
    await vi.advanceTimersByTimeAsync(200)
    for (const release of releases) release()
    await vi.advanceTimersByTimeAsync(499)
    expect(over).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(await answer).toMatchObject({ message: 'No response to x within 500 ms' })
  })

  test('whose signal has aborted is not sent', async () => {
    const { sent, request, abort } = peer()
    abort(new Error('Enough'))
    await expect(request()).rejects.toThrow('Enough')
    expect([sent, vi.getTimerCount()]).toEqual([[], 0])
  })

  test('that just got its response is not cancelled', async () => {
    const { sent, pending, request, abort, idAt } = peer()
    const answer = request()
    pending.settle(success(idAt(0), { right: true }))
    abort(new Error('Enough'))
    expect(await answer).toEqual({ right: true })
    expect(sent).toHaveLength(1)
  })

  test('that cannot be sent leaves nothing behind', async () => {
    const pending = new OutgoingRequests()
    const { signal } = new AbortController()
    await expect(pending.request('roots/list', {}, { send: closed, sendAnyway: closed, signal, timeout: 1000 })).rejects.toThrow('Closed')
    expect(vi.getTimerCount()).toBe(0)
  })
})
