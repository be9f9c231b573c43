/** What a session remembers of its streams, and how much. */
import { expect, test } from 'vitest'
import { EventLog, LogBudget } from '../src/event-log.ts'

/** The length of an event with one character of data and a number of one digit. */
const EVENT = 'event: message\nid: 1_0\ndata: x\n\n'.length

const budgetOf = (perSession: number, total = perSession): LogBudget => new LogBudget(perSession * EVENT, total * EVENT)

/** Appends so many events to a stream. */
function fill(log: EventLog, stream: string, count: number, from = 0): void {
  for (let sequence = from; sequence < from + count; sequence++) log.append(stream, sequence, 'x')
}

const ids = (log: EventLog, stream: string, after = -1): string[] => log.after(stream, after).map((text) => /^id: (.*)$/m.exec(text)?.[1] ?? '')

test('an event gets an id with its stream and position [H10]', () => {
  const log = new EventLog(budgetOf(10))
  expect(log.append('7', 3, '{}')).toBe('event: message\nid: 7_3\ndata: {}\n\n')
})

test('returns the events of one stream after a position, in order [H10]', () => {
  const log = new EventLog(budgetOf(10))
  for (let sequence = 0; sequence < 4; sequence++) for (const stream of ['1', '2']) fill(log, stream, 1, sequence)
  expect(ids(log, '1')).toEqual(['1_0', '1_1', '1_2', '1_3'])
  expect(ids(log, '2', 1)).toEqual(['2_2', '2_3'])
  expect(ids(log, '1', 3)).toEqual([])
  expect(ids(log, '3')).toEqual([])
})

test('drops the oldest events beyond the bound of a session', () => {
  const budget = budgetOf(3, 100)
  const log = new EventLog(budget)
  fill(log, '1', 2)
  fill(log, '2', 3)
  expect([ids(log, '1'), ids(log, '2')]).toEqual([[], ['2_0', '2_1', '2_2']])
  expect(budget.used).toBe(3 * EVENT)
})

test('keeps neither an event above the bound, nor the events before it', () => {
  const budget = budgetOf(3, 100)
  const log = new EventLog(budget)
  fill(log, '1', 2)
  expect(log.append('1', 2, 'x'.repeat(3 * EVENT))).toContain('id: 1_2')
  expect(ids(log, '1')).toEqual([])
  expect(budget.used).toBe(0)
  fill(log, '1', 1, 3)
  expect(ids(log, '1')).toEqual(['1_3'])
})

test('beyond the bound of all sessions, drops the oldest events of the session written least recently', () => {
  const budget = budgetOf(10, 5)
  const [first, second, third] = [new EventLog(budget), new EventLog(budget), new EventLog(budget)]
  fill(first, '1', 2)
  fill(second, '1', 2)
  fill(first, '1', 1, 2)
  fill(third, '1', 2)
  expect([ids(first, '1'), ids(second, '1'), ids(third, '1')]).toEqual([['1_0', '1_1', '1_2'], [], ['1_0', '1_1']])
  fill(third, '1', 4, 2)
  expect([ids(first, '1'), ids(third, '1')]).toEqual([[], ['1_1', '1_2', '1_3', '1_4', '1_5']])
  expect(budget.used).toBe(5 * EVENT)
})

test('frees its bytes when it is closed, and stores nothing more', () => {
  const budget = budgetOf(10)
  const [first, second] = [new EventLog(budget), new EventLog(budget)]
  fill(first, '1', 4)
  fill(second, '1', 2)
  first.close()
  expect([ids(first, '1'), ids(second, '1')]).toEqual([[], ['1_0', '1_1']])
  expect(first.append('1', 4, 'x')).toContain('id: 1_4')
  first.close()
  expect(ids(first, '1')).toEqual([])
  expect(budget.used).toBe(2 * EVENT)
})

test('counts bytes, not characters', () => {
  const budget = new LogBudget(1000, 1000)
  const log = new EventLog(budget)
  const text = log.append('1', 0, '€'.repeat(100))
  expect(budget.used).toBe(Buffer.byteLength(text))
  log.close()
  expect(budget.used).toBe(0)
})
