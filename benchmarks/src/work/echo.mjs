/** The call that most workloads make: a tool returns its argument of 16 bytes. */

import { deepStrictEqual } from 'node:assert/strict'
import { call } from '../load/messages.mjs'

const TEXT = 'sixteen bytes :)'

export const echo = call('echo', { text: TEXT })

/** @param {{ content: unknown }} result */
export const isEcho = ({ content }) => deepStrictEqual(content, [{ type: 'text', text: TEXT }])
