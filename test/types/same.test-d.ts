/** The assertion itself: what it would let pass, it would not test. */
import { same } from './same.ts'

same<{ a: string; b?: number }, { b?: number; a: string }>()
// @ts-expect-error TS2554: Expected 2 arguments, but got 0.
same<string, 'x'>()
// @ts-expect-error TS2554: Expected 2 arguments, but got 0.
same<any, string>()
// @ts-expect-error TS2554: Expected 2 arguments, but got 0.
same<{ a?: string }, { a?: string | undefined }>()
// @ts-expect-error TS2554: Expected 2 arguments, but got 0.
same<{ a: string; b: string }, { a: string } & { b: string }>()
