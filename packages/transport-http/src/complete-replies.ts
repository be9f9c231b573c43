/** Replies with a complete body, or without one. */
import type { HttpReply } from './http-message.ts'

export const jsonReply = (body: string, status = 200, headers: Readonly<Record<string, string>> = {}): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body,
})

export const emptyReply = (status: number): HttpReply => ({ status, headers: {}, body: undefined })
