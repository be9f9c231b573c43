/** What HTTP says of an error that ends a request before it reached a method. */
import { expect, test } from 'vitest'
import { InternalError, InvalidParamsError, RpcError } from '../src/jsonrpc/rpc-errors.ts'
import { HttpError, refusalOf } from '../src/web/http-error.ts'

test.each([
  [new InvalidParamsError('No such tool'), 400, -32602],
  [new InternalError(), 500, -32603],
  [new RpcError(-32603, 'Nobody is behind this proxy'), 500, -32603],
  [new HttpError(404, 'The session is unknown'), 404, -32600],
  [new HttpError(503, 'There are too many'), 503, -32603],
  [new Error('The database is gone'), 500, -32603],
  [Object.assign(new Error('Too long'), { statusCode: 413 }), 413, -32600],
  [Object.assign(new Error('The pool is empty'), { statusCode: 503 }), 503, -32603],
])('%s', (error, status, code) => {
  const refusal = refusalOf(error, 7)
  expect([refusal.status, refusal.body.id, refusal.body.error.code]).toEqual([status, 7, code])
  expect(refusal.body.error.message).not.toMatch(/database|pool/)
})
