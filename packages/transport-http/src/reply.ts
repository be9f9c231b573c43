/** The replies that are whole when they are made. */
import type { ResponseMessage } from '@gangway/core/jsonrpc'
import type { HttpReply } from './http-message.ts'

export const jsonReply = (response: ResponseMessage | readonly ResponseMessage[], status = 200, headers: Readonly<Record<string, string>> = {}): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(response),
})

export const emptyReply = (status: number): HttpReply => ({ status, headers: {}, body: undefined })
